/** Where people come out who did not want to go anywhere else. */
const HOME_PATH = '/admin';

/**
 * Where somebody is sent after signing in: a page of the panel, below the base path, and never the
 * sign-in pages themselves. Whatever else it says, such as `//elsewhere`, becomes `/admin`.
 */
export function returnPath(wanted: unknown): string {
  if (typeof wanted !== 'string' || !URL.canParse(wanted, NOWHERE)) return HOME_PATH;
  // As a browser reads it: `\` is `/`, tabs and line ends are nothing, `..` goes up.
  const { origin, pathname, search } = new URL(wanted, NOWHERE);
  const isPage = origin === NOWHERE && /^\/admin(?:\/(?!log(?:in|out)(?:\/|$))|$)/.test(pathname);
  return isPage ? pathname + search : HOME_PATH;
}

/** The same as a query, empty for `/admin`: for the links and redirects on the way there. */
export function returnQuery(path: string): string {
  return path === HOME_PATH ? '' : `?next=${encodeURIComponent(path)}`;
}

const NOWHERE = 'http://panel.invalid';
