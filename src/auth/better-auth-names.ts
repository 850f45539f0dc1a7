/** Names and times that our code shares with better-auth, in a file that does not load it. */

/** The header in which our own code tells better-auth where a person is. */
export const CLIENT_ADDRESS_HEADER = 'x-panel-client-address';
/** Where the provider sends people back to, below `PUBLIC_URL` and the base path. */
export const OIDC_CALLBACK_PATH = '/admin/login/oidc/callback';
/** The name of the OpenID Connect provider in better-auth's tables. */
export const OIDC_PROVIDER = 'oidc';
/** How long the second step of a sign-in may take, in seconds. */
export const SECOND_STEP_SECONDS = 5 * 60;
/** Who made a code, as the app on the phone lists it. */
export const TOTP_ISSUER = 'fal usage panel';
