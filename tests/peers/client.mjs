// Sends its standard input and prints what comes back: client.mjs PORT
import net from "node:net";

const socket = net.connect({ port: Number(process.argv[2]), host: "127.0.0.1", allowHalfOpen: true });
process.stdin.pipe(socket);
socket.pipe(process.stdout);
