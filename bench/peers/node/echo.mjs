// Echo server on Node.js: echo.mjs --port P [--unix PATH].
import { createServer } from 'node:net';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { port: { type: 'string' }, unix: { type: 'string' } } });

const server = createServer({ noDelay: true }, (socket) => {
  socket.on('data', (data) => {
    if (!socket.write(data)) socket.pause();
  });
  socket.on('drain', () => socket.resume());
  socket.on('error', () => socket.destroy());
});

const where = values.unix ? { path: values.unix } : { host: '127.0.0.1', port: Number(values.port) };
server.listen({ ...where, backlog: 4096 }, () => console.log('ready'));
