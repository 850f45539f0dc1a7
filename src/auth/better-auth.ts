import { kyselyAdapter } from '@better-auth/kysely-adapter';
import type { BetterAuthOptions } from 'better-auth';
import { APIError } from 'better-auth/api';
import { betterAuth } from 'better-auth/minimal';
import { genericOAuth } from 'better-auth/plugins/generic-oauth';
import { twoFactor } from 'better-auth/plugins/two-factor';
import type { Kysely } from 'kysely';
import { type Config, type OidcConfig, PASSWORD_MAX, PASSWORD_MIN } from '../config.ts';
import type { Logger } from '../log.ts';
import type { Engine } from '../store/engine.ts';
import type { Tables } from '../store/tables.ts';
import {
  CLIENT_ADDRESS_HEADER,
  OIDC_CALLBACK_PATH,
  OIDC_PROVIDER,
  SECOND_STEP_SECONDS,
  TOTP_ISSUER,
} from './better-auth-names.ts';
import { withHashedTokens } from './hashed-tokens.ts';
import { type AuthKeys, BETTER_AUTH_SECRET_VERSION } from './keys.ts';
import { hashPassword, verifyPassword } from './password.ts';
import { COOKIE_PREFIX } from './sessions.ts';

/** How long a session lasts, in seconds: a week of events, then the password again. */
const SESSION_SECONDS = 7 * 24 * 60 * 60;

const times = { createdAt: 'created_at', updatedAt: 'updated_at' };

export interface BetterAuthParts {
  config: Config;
  db: Kysely<Tables>;
  engine: Engine;
  keys: AuthKeys;
  log: Logger;
  /**
   * Where people sign in too; `null` for an instance for passwords. They are two, because this one
   * asks the provider about itself when it is made, and waits as long as that does not answer.
   */
  oidc: OidcConfig | null;
}

export type BetterAuth = ReturnType<typeof createBetterAuth>;

/**
 * better-auth on our tables. Its own HTTP handler is never mounted: our routes call `auth.api`, so
 * none of its endpoints is open but the ones we mean to open.
 */
export function createBetterAuth(parts: BetterAuthParts) {
  const { config, db, engine, keys, log, oidc } = parts;
  return betterAuth({
    appName: 'fal usage panel',
    // A list given by BETTER_AUTH_SECRETS in the environment would win over `secret`.
    secret: keys.betterAuthSecret,
    secrets: [{ version: BETTER_AUTH_SECRET_VERSION, value: keys.betterAuthSecret }],
    baseURL: config.publicUrl ?? `http://localhost:${config.port}`,
    database: (its: BetterAuthOptions) =>
      withHashedTokens(
        kyselyAdapter(db, { type: engine, transaction: true })(its),
        keys.hashSessionToken,
      ),
    telemetry: { enabled: false },
    logger: {
      level: 'error',
      log(level, message, ...more) {
        const err = more.find((each) => each instanceof Error);
        log[level === 'error' ? 'error' : 'debug']({ by: 'better-auth', err }, message);
      },
    },
    // It acts only in the handler that is not mounted; ours is in attempts.ts.
    rateLimit: { enabled: false },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: PASSWORD_MIN,
      maxPasswordLength: PASSWORD_MAX,
      // better-auth's own, a few at a time.
      password: {
        hash: hashPassword,
        verify: ({ hash, password }) => verifyPassword(hash, password),
      },
    },
    user: {
      modelName: 'people',
      fields: { emailVerified: 'email_verified', ...times },
      additionalFields: {
        role: { type: 'string', required: true, defaultValue: 'viewer', input: false },
        deactivated: { type: 'boolean', required: true, defaultValue: false, input: false },
      },
    },
    session: {
      modelName: 'sessions',
      fields: {
        userId: 'user_id',
        expiresAt: 'expires_at',
        ipAddress: 'ip_address',
        userAgent: 'user_agent',
        ...times,
      },
      expiresIn: SESSION_SECONDS,
      disableSessionRefresh: true,
    },
    account: {
      modelName: 'sign_in_methods',
      fields: {
        accountId: 'account_id',
        providerId: 'provider_id',
        userId: 'user_id',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
        ...times,
      },
      updateAccountOnSignIn: false,
      // No provider is trusted blindly: it must say that the e-mail address is verified.
      accountLinking: { enabled: true, trustedProviders: [] },
    },
    verification: {
      modelName: 'verifications',
      fields: { expiresAt: 'expires_at', ...times },
      storeIdentifier: 'hashed',
    },
    databaseHooks: {
      session: {
        create: {
          // Every way to sign in comes by here: password, second step, OpenID Connect.
          before: async (session, context) => {
            const person = await context?.context.internalAdapter.findUserById(session.userId);
            if (!person || (person as { deactivated?: boolean }).deactivated) {
              throw new APIError('FORBIDDEN', { code: 'DEACTIVATED', message: 'deactivated' });
            }
          },
        },
      },
      account: {
        create: {
          // Only the identity counts: the provider's tokens would be secrets kept for nothing.
          before: async (account) => ({
            data: { ...account, accessToken: null, refreshToken: null, idToken: null },
          }),
        },
      },
    },
    plugins: [
      twoFactor({
        issuer: TOTP_ISSUER,
        twoFactorCookieMaxAge: SECOND_STEP_SECONDS,
        schema: {
          user: { fields: { twoFactorEnabled: 'two_factor_enabled' } },
          twoFactor: {
            modelName: 'second_factors',
            fields: {
              userId: 'user_id',
              backupCodes: 'backup_codes',
              failedVerificationCount: 'failed_verification_count',
              lockedUntil: 'locked_until',
            },
          },
        } as never,
      }),
      genericOAuth({ config: oidc ? [oidcProvider(oidc, config)] : [] }),
    ],
    advanced: {
      cookiePrefix: COOKIE_PREFIX,
      // The route that copies the cookie adds `Secure` when the request came by https.
      useSecureCookies: false,
      ipAddress: { ipAddressHeaders: [CLIENT_ADDRESS_HEADER] },
    },
  });
}

function oidcProvider(oidc: OidcConfig, { publicUrl, basePath }: Config) {
  return {
    providerId: OIDC_PROVIDER,
    discoveryUrl: `${oidc.issuer}/.well-known/openid-configuration`,
    clientId: oidc.clientId,
    clientSecret: oidc.clientSecret,
    redirectURI: `${publicUrl}${basePath}${OIDC_CALLBACK_PATH}`,
    scopes: ['openid', 'email', 'profile'],
    pkce: true,
    // Only who was invited may come in.
    disableSignUp: true,
    requireIdTokenVerification: true,
  };
}
