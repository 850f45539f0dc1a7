import { readFileSync } from 'node:fs';
import { listen } from '../../src/server.ts';
import { endWithParent, tellParent } from '../support/child.ts';

endWithParent();
const [, bodyFile = ''] = process.argv.slice(2);
const body = readFileSync(bodyFile, 'utf8');
const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
const { url } = await listen(
  (req, res) => {
    let form = '';
    req.setEncoding('utf8');
    req.on('data', (chunk) => {
      form += chunk;
    });
    req.on('end', () => {
      const status = new URLSearchParams(form).get('api_key') ? 200 : 400;
      res.writeHead(status, headers).end(body);
    });
  },
  { port: 0, host: '127.0.0.1' },
);
tellParent({ url });
