import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { createPerson } from '../../src/auth/people.ts';
import type { Role } from '../../src/auth/viewer.ts';
import type { Services } from '../../src/services.ts';
import { toText } from '../../src/store/values.ts';

export interface SignedIn {
  personId: string;
  email: string;
  /** What the browser would send. */
  cookie: { name: string; value: string };
  /** The same as a `Cookie` header. */
  header: string;
  /** What a form of this session carries in `_csrf`. */
  formToken: string;
}

/** A new person of that role with a session, made in the store: no password has to be hashed. */
export async function signIn(services: Services, role: Role = 'admin'): Promise<SignedIn> {
  const { store, now } = services;
  const email = `${role}-${randomUUID()}@example.com`;
  const personId = await createPerson(store.db, store.engine, now(), {
    name: `Una ${role}`,
    email,
    role,
    passwordHash: null,
  });
  return startSession(services, { personId, email });
}

/** A session of somebody who is there. */
export async function startSession(
  { store, now, authKeys }: Services,
  { personId, email }: Pick<SignedIn, 'personId' | 'email'>,
): Promise<SignedIn> {
  const [token, sessionId] = [randomBytes(24).toString('base64url'), randomUUID()];
  await store.db
    .insertInto('sessions')
    .values({
      id: sessionId,
      token: authKeys.hashSessionToken(token),
      user_id: personId,
      expires_at: toText(now().add({ hours: 24 })),
      created_at: toText(now()),
      updated_at: toText(now()),
    })
    .execute();
  const signature = createHmac('sha256', authKeys.betterAuthSecret).update(token).digest('base64');
  const cookie = {
    name: 'panel.session_token',
    value: encodeURIComponent(`${token}.${signature}`),
  };
  return {
    personId,
    email,
    cookie,
    header: `${cookie.name}=${cookie.value}`,
    formToken: authKeys.formToken(`session ${sessionId}`),
  };
}
