// HTTP server on Node.js: http.mjs --port P [--unix PATH]. What it serves: bench/README.md.
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { port: { type: 'string' }, unix: { type: 'string' } } });

const LARGE = Buffer.alloc(1024 * 1024, 'x');

function answer(response, type, body) {
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}

const server = createServer((request, response) => {
  switch (request.url) {
    case '/':
      return answer(response, 'text/plain; charset=utf-8', 'Hello, World!');
    case '/json':
      return answer(response, 'application/json', JSON.stringify({ text: 'Hello, World!' }));
    case '/1mb':
      return answer(response, 'application/octet-stream', LARGE);
    default:
      response.writeHead(404);
      return response.end();
  }
});

const where = values.unix ? { path: values.unix } : { host: '127.0.0.1', port: Number(values.port) };
server.listen({ ...where, backlog: 4096 }, () => console.log('ready'));
