// Echo server on Node: server.mjs
import net from "node:net";

const server = net.createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket));
server.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port}`));
