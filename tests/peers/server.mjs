// Echo server on Node: server.mjs [--udp]
import dgram from "node:dgram";
import net from "node:net";

if (process.argv.includes("--udp")) {
  const socket = dgram.createSocket("udp4");
  socket.on("message", (data, from) => socket.send(data, from.port, from.address));
  socket.bind(0, "127.0.0.1", () => console.log(`port ${socket.address().port}`));
} else {
  const server = net.createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket));
  server.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port}`));
}
