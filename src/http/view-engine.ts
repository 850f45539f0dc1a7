import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ejs, { type Options } from 'ejs';

type View = (names: object) => string;
type Done = (error: unknown, html?: string) => void;

/**
 * Express' engine for EJS, for `app.engine`. EJS' own `include` looks its file up on the disk every
 * time and copies twice all that a page can name: half of the time of a page of hundreds of rows.
 * Here an included view inherits what its parent can name.
 */
export function viewEngine(): (file: string, given: object, done: Done) => void {
  const views = new Map<string, View>();

  function viewOf(file: string): View {
    const view = views.get(file) ?? load(file);
    views.set(file, view);
    return view;
  }

  function load(file: string): View {
    // Inheriting ends at a page's own names, and never reaches `Object.prototype`.
    const options: Options & { unsafePrototypeLocals: true } = {
      filename: file,
      unsafePrototypeLocals: true,
    };
    const view = ejs.compile(readFileSync(file, 'utf8'), options) as View;
    const folder = dirname(file);
    const included = new Map<string, View>();
    return (names) => {
      // Found before EJS' own, as every name of a page is.
      const include = (path: string, more: object = {}) => {
        const other = included.get(path) ?? viewOf(join(folder, `${path}.ejs`));
        included.set(path, other);
        return other(inheriting(names, more));
      };
      return view(inheriting(names, { include }));
    };
  }

  return function renderView(file, given, done) {
    let html: string;
    try {
      html = viewOf(file)(inheriting(null, given));
    } catch (error) {
      done(error);
      return;
    }
    done(null, html);
  };
}

function inheriting(names: object | null, more: object): object {
  return Object.assign(Object.create(names), more);
}
