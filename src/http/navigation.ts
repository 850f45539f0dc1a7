import { includesRole, type Role } from '../auth/viewer.ts';

/** A page that the navigation leads to; its text is `nav.<name>`. */
export interface Place {
  name: string;
  /** Below the base path. */
  path: string;
  /** Who may go there: that role and those above it. */
  role: Role;
  /** The letter after `g` that leads there. */
  key: string;
}

/** Every place there is, in the order of the navigation. A page is in it once it exists. */
const PLACES = [
  { name: 'overview', path: '/admin', role: 'viewer', key: 'r' },
  { name: 'usage', path: '/admin/usage', role: 'viewer', key: 'u' },
  { name: 'history', path: '/admin/history', role: 'viewer', key: 'h' },
  { name: 'credits', path: '/admin/credits', role: 'viewer', key: 'c' },
  { name: 'events', path: '/admin/events', role: 'viewer', key: 'e' },
  { name: 'alerts', path: '/admin/alerts', role: 'viewer', key: 'a' },
  { name: 'reports', path: '/admin/reports', role: 'viewer', key: 'i' },
  { name: 'pricing', path: '/admin/pricing', role: 'viewer', key: 'm' },
  { name: 'config', path: '/admin/config', role: 'viewer', key: 'v' },
  { name: 'accounts', path: '/admin/accounts', role: 'viewer', key: 'k' },
  { name: 'people', path: '/admin/people', role: 'admin', key: 'p' },
  { name: 'tokens', path: '/admin/tokens', role: 'admin', key: 't' },
  { name: 'settings', path: '/admin/settings', role: 'admin', key: 's' },
  { name: 'audit', path: '/admin/audit', role: 'admin', key: 'b' },
] as const satisfies Place[];

export type PlaceName = (typeof PLACES)[number]['name'];

/** A place as one person's page shows it. */
export interface NavigationLink {
  name: PlaceName;
  href: string;
  role: Role;
  key: string;
  current: boolean;
}

/** The places somebody of that role may go to; the one that `path` belongs to is marked. */
export function navigationFor(role: Role, path: string, basePath: string): NavigationLink[] {
  const here = placeOf(path);
  return PLACES.filter((place) => includesRole(role, place.role)).map(
    ({ name, path, role, key }) => ({
      name,
      href: basePath + path,
      role,
      key,
      current: name === here?.name,
    }),
  );
}

/** The place that a path below the base path belongs to; `null` for none, such as the sign-in. */
export function placeOf(path: string): (typeof PLACES)[number] | null {
  const plain = path.replace(/\/+$/, '');
  const isHere = (place: Place) =>
    plain === place.path || (place.path !== '/admin' && plain.startsWith(`${place.path}/`));
  return PLACES.find(isHere) ?? null;
}
