// A secured echo server and its client on Node: tls-peer.mjs serve|send FOLDER [PORT]
import fs from "node:fs";
import tls from "node:tls";

const [what, folder, port] = process.argv.slice(2);
const pem = (name) => fs.readFileSync(`${folder}/${name}.pem`);
const common = (name) => ({ ca: pem("ca"), cert: pem(name), key: pem(name), ALPNProtocols: ["tulip"] });

if (what === "serve") {
  const options = { ...common("server"), requestCert: true, rejectUnauthorized: true };
  const server = tls.createServer(options, (socket) => {
    socket.on("end", () => console.log("end"));
    socket.pipe(socket);
  });
  server.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port}`));
} else {
  const data = fs.readFileSync(0);
  const socket = tls.connect({ ...common("client"), port: Number(port), host: "127.0.0.1", servername: "localhost" }, () => {
    if (socket.alpnProtocol !== "tulip") throw new Error(`alpn ${socket.alpnProtocol}`);
    socket.write(data);
  });
  let left = data.length;
  socket.on("data", (piece) => {
    process.stdout.write(piece);
    left -= piece.length;
    if (left === 0) socket.end();
  });
}
