import type { NodemailerError } from 'nodemailer';
import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { SMTPConnectionSendInfo } from 'nodemailer/lib/smtp-connection';
import { DeliveryError } from './delivery-error.ts';
import type { SmtpServer } from './mail-config.ts';
import { quoted } from './quoted.ts';
import { addressHint } from './target-hint.ts';

const CONNECT_TIMEOUT_MS = 5_000;
/** Longest silence; servers that mistrust a sender wait before they answer. */
const IDLE_TIMEOUT_MS = 15_000;
const WHOLE_TIMEOUT_MS = 30_000;
const GOODBYE_MS = 1_000;

export interface Envelope {
  from: string;
  to: readonly string[];
}

export interface SmtpOptions {
  server: SmtpServer;
  /** For everything from the connection to the last answer. Default 30 s. */
  timeoutMs?: number;
  /** Certificates that are trusted besides the usual ones, for tests. */
  ca?: string;
}

/** Who took the mail, and why the others did not. */
export interface Sent {
  accepted: readonly string[];
  refused: readonly DeliveryError[];
}

/**
 * Hands a mail over to an SMTP server.
 * @throws DeliveryError if nobody gets it, or the caller's own reason when it went away.
 */
export async function sendBySmtp(
  options: SmtpOptions,
  envelope: Envelope,
  mail: Buffer,
  signal: AbortSignal,
): Promise<Sent> {
  const { server, timeoutMs = WHOLE_TIMEOUT_MS } = options;
  signal.throwIfAborted();
  const { default: Connection } = await import('nodemailer/lib/smtp-connection');
  const connection = new Connection(connectionOptions(options));
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const { promise: failure, reject: fail } = Promise.withResolvers<never>();
  const stop = () => fail(deadline.reason);
  deadline.addEventListener('abort', stop, { once: true });
  connection.on('error', fail);
  connection.on('end', () => fail(Object.assign(new Error('closed'), { code: 'ECONNECTION' })));
  try {
    const sent = await Promise.race([talk(connection, server, envelope, mail), failure]);
    connection.quit();
    // The mail is theirs; whether they also say goodbye is not waited for.
    setTimeout(() => connection.close(), GOODBYE_MS).unref();
    return sent;
  } catch (error) {
    connection.close();
    if (signal.aborted) throw signal.reason;
    throw deadline.aborted ? timedOut(server, error) : asDeliveryError(error, server, envelope);
  } finally {
    deadline.removeEventListener('abort', stop);
  }
}

function connectionOptions({ server, ca }: SmtpOptions) {
  const { host, port, isSecure, signIn } = server;
  return {
    host,
    port,
    secure: isSecure,
    // Without it, whoever stands in between could have the password by hiding that TLS is offered.
    requireTLS: signIn !== null && !isThisMachine(host),
    connectionTimeout: CONNECT_TIMEOUT_MS,
    dnsTimeout: CONNECT_TIMEOUT_MS,
    greetingTimeout: IDLE_TIMEOUT_MS,
    socketTimeout: IDLE_TIMEOUT_MS,
    socketCloseTimeout: 1_000,
    maxResponseSize: 64 * 1024,
    tls: { ...(ca && { ca }) },
  };
}

async function talk(
  connection: SMTPConnection,
  { signIn }: SmtpServer,
  envelope: Envelope,
  mail: Buffer,
): Promise<Sent> {
  await answered<void>((done) => connection.connect((error) => done(error ?? null)));
  if (signIn) {
    const credentials = { user: signIn.user, pass: signIn.password };
    await answered<unknown>((done) => connection.login(credentials, done));
  }
  const { from, to } = envelope;
  const { accepted, rejectedErrors = [] } = await answered<SMTPConnectionSendInfo>((done) =>
    connection.send({ from, to: [...to] }, mail, done),
  );
  return { accepted, refused: rejectedErrors.map((error) => refusal(error, envelope)) };
}

function answered<T>(ask: (done: (error: NodemailerError | null, result?: T) => void) => void) {
  return new Promise<T>((resolve, reject) => {
    ask((error, result) => (error ? reject(error) : resolve(result as T)));
  });
}

/** Whose fault it is decides whether it is tried again: of a server that turns everybody away, yes. */
const ABOUT_THE_MAIL = /^(?:MAIL FROM|RCPT TO|DATA)\b/;
/** Asks for a password or for encryption: someone will mend the configuration. */
const ABOUT_THE_SENDER = new Set([530, 534, 535, 538]);

function asDeliveryError(error: unknown, { host }: SmtpServer, envelope: Envelope): DeliveryError {
  const { code, responseCode, timeoutType, rejectedErrors } = error as NodemailerError;
  const deferred = rejectedErrors
    ?.map((each) => refusal(each, envelope))
    .find(({ isFinal }) => !isFinal);
  if (deferred) return deferred;
  if (code === 'EAUTH' || code === 'ENOAUTH') {
    const why = responseCode ? ` (${responseCode})` : '';
    const message = `${host} does not take the user and password of SMTP_URL${why}`;
    return new DeliveryError('refused', message, { cause: error });
  }
  if (code === 'ETLS') {
    const message = `no encrypted connection to ${host} could be made`;
    return new DeliveryError('unreachable', message, { cause: error });
  }
  if (responseCode) return refusal(error as NodemailerError, envelope);
  if (code === 'ETIMEDOUT' || timeoutType) return timedOut({ host }, error);
  return unreachable(host, error as NodemailerError);
}

function unreachable(host: string, error: NodemailerError): DeliveryError {
  const code = error.originalCode ?? error.code;
  const why = code ? ` (${code})` : '';
  return new DeliveryError('unreachable', `${host} can't be reached${why}`, { cause: error });
}

/** The server understood and said no, often with the whole address, which not everybody may see. */
function refusal(error: NodemailerError, { to }: Envelope): DeliveryError {
  const { command = '', responseCode = 0, response = '' } = error;
  const isFinal =
    responseCode >= 500 &&
    responseCode !== 503 &&
    ABOUT_THE_MAIL.test(command) &&
    !ABOUT_THE_SENDER.has(responseCode);
  const longestFirst = to.toSorted((a, b) => b.length - a.length);
  const addresses = new RegExp(longestFirst.map((each) => RegExp.escape(each)).join('|'), 'gi');
  const said = quoted(response.replaceAll(addresses, addressHint));
  const message = `the mail server answered: ${said || responseCode}`;
  const code = responseCode >= 500 ? 'refused' : 'unavailable';
  return new DeliveryError(code, message, { isFinal, cause: error });
}

function timedOut({ host }: { host: string }, cause: unknown): DeliveryError {
  return new DeliveryError('timed_out', `${host} did not answer in time`, { cause });
}

function isThisMachine(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d+){3}$/.test(host);
}
