import { readFileSync } from 'node:fs';
import express from 'express';
import { listen } from '../../src/server.ts';
import { endWithParent, tellParent } from '../support/child.ts';

endWithParent();
const [path = '/', bodyFile = ''] = process.argv.slice(2);
const body = readFileSync(bodyFile, 'utf8');
const app = express();
app.post(path, express.urlencoded({ extended: false }), (req, res) => {
  if (!req.body.api_key) return void res.status(400).end();
  res.type('application/json').send(body);
});
const { url } = await listen(app, { port: 0, host: '127.0.0.1' });
tellParent({ url });
