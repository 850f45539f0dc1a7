import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type RequestHandler, Router } from 'express';

const PUBLIC_DIR = fileURLToPath(new URL('../../public/', import.meta.url));
const STYLES_DIR = join(PUBLIC_DIR, 'styles');

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
  for (const path of [...filesIn(PUBLIC_DIR), ...PACKAGE_FILES]) {
    assets.set(basename(path), asset(basename(path), withoutDataImages(path, readFileSync(path))));
  }
  // One file a component for who writes them, one file for who reads them.
  const styles = filesIn(STYLES_DIR).map((path) => onlyRules(readFileSync(path, 'utf8')));
  assets.set('app.css', asset('app.css', Buffer.from(styles.join(''))));
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

/** In the order of their names: later styles win over earlier ones. */
function filesIn(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(directory, entry.name))
    .sort();
}

function asset(name: string, content: Buffer): Asset {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 10);
  const extension = extname(name);
  return { file: `${basename(name, extension)}.${hash}${extension}`, content };
}

/** Comments and indents are for who writes them: a fifth of what a phone would load. */
function onlyRules(styles: string): string {
  return styles.replace(/\/\*.*?\*\//gs, '').replace(/\n\s*/g, '\n');
}

/** Pico's icons are `data:` images, which our Content-Security-Policy refuses: our styles draw their own. */
function withoutDataImages(path: string, content: Buffer): Buffer {
  if (extname(path) !== '.css') return content;
  return Buffer.from(content.toString().replace(/url\("data:[^"]*"\)/g, 'none'));
}
