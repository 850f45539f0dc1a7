import express, { type RequestHandler } from 'express';
import { RequestError } from './failure.ts';
import { refuseUnstorableText } from './storable-text.ts';

const LIMIT = '64kb';

/** Reads a form or JSON body of at most 64 kB into `req.body`; anything else is refused. */
export function readBody(): RequestHandler[] {
  return [
    express.urlencoded({ extended: false, limit: LIMIT, parameterLimit: 1_000 }),
    express.json({ limit: LIMIT }),
    function refuseOtherTypes(req, _res, next) {
      const hasBody =
        req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length']) > 0;
      if (hasBody && req.body === undefined) throw new RequestError('unsupported_media_type');
      next();
    },
    refuseUnstorableText,
  ];
}
