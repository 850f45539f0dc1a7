/** What somebody may do, each more than the one before: see; run checks too; all. */
export const ROLES = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Somebody signed in, in a browser. */
export interface Person {
  kind: 'person';
  id: string;
  name: string;
  email: string;
  role: Role;
  sessionId: string;
  twoFactorEnabled: boolean;
}

/** A program with a token of the panel. */
export interface Program {
  kind: 'token';
  id: string;
  name: string;
  role: Role;
}

/** Who asks. */
export type Viewer = Person | Program;

/** Whether `role` includes what `needed` may do. */
export function includesRole(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

export function isRole(value: unknown): value is Role {
  return ROLES.some((role) => role === value);
}
