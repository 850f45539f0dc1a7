import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type RequestHandler, Router } from 'express';

const PUBLIC_DIR = fileURLToPath(new URL('../../public/', import.meta.url));

/** Files of packages that the browser gets as they are. */
const PACKAGE_FILES = [
  import.meta.resolve('@picocss/pico/css/pico.classless.min.css'),
  import.meta.resolve('htmx.org/dist/htmx.min.js'),
].map((url) => fileURLToPath(url));

export interface Assets {
  /** The address of a file below the base path: `/assets/app.1a2b3c4d5e.css`. @throws for an unknown name. */
  path(name: string): string;
  /** Serves the files at those addresses, for a year: a changed file has another address. */
  serve: RequestHandler;
}

interface Asset {
  /** With a hash of its content. */
  file: string;
  content: Buffer;
}

/** Reads `public/` and the packages' files once; they don't change while the process lives. */
export function loadAssets(): Assets {
  const assets = new Map<string, Asset>();
  const publicFiles = readdirSync(PUBLIC_DIR).map((name) => join(PUBLIC_DIR, name));
  for (const path of [...publicFiles, ...PACKAGE_FILES])
    assets.set(basename(path), readAsset(path));
  const byFile = new Map([...assets.values()].map((asset) => [asset.file, asset]));

  const router = Router();
  router.use('/assets', function serveAsset(req, res, next) {
    const asset = byFile.get(req.path.slice(1));
    if (!asset || !['GET', 'HEAD'].includes(req.method)) return next();
    res.set('Cache-Control', 'public, max-age=31536000, immutable');
    res.type(extname(asset.file)).send(asset.content);
  });

  return {
    path(name) {
      const asset = assets.get(name);
      if (!asset) throw new Error(`no such asset: ${name}`);
      return `/assets/${asset.file}`;
    },
    serve: router,
  };
}

function readAsset(path: string): Asset {
  const content = withoutDataImages(path, readFileSync(path));
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 10);
  const extension = extname(path);
  return { file: `${basename(path, extension)}.${hash}${extension}`, content };
}

/** Pico's icons are `data:` images, which our Content-Security-Policy refuses: `app.css` draws its own. */
function withoutDataImages(path: string, content: Buffer): Buffer {
  if (extname(path) !== '.css') return content;
  return Buffer.from(content.toString().replace(/url\("data:[^"]*"\)/g, 'none'));
}
