// UDP echo server on Node: echo-udp.mjs --port P
import dgram from "node:dgram";

const port = Number(process.argv[process.argv.indexOf("--port") + 1]);
const socket = dgram.createSocket("udp4");
socket.on("message", (data, from) => socket.send(data, from.port, from.address));
socket.bind(port, "127.0.0.1", () => console.log("ready"));
