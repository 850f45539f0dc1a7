import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { onTestFinished } from 'vitest';
import type { SmtpServer } from '../../src/deliveries/mail-config.ts';

const file = (name: string) => readFileSync(new URL(`tls/${name}`, import.meta.url), 'utf8');
/** A certificate for `localhost` that nobody vouches for. */
export const CERTIFICATE = file('localhost.crt');

/** A mail as it came, and who it was for. */
export interface ReceivedMail {
  to: string[];
  /** How it came: encrypted, and as whom. */
  isSecure: boolean;
  user: string | undefined;
  raw: string;
  mail: Email;
}

/** A real SMTP server, until the test ends. */
export async function smtpReceiver(options: SMTPServerOptions = {}) {
  const received: ReceivedMail[] = [];
  const server = new SMTPServer({
    key: file('localhost.key'),
    cert: CERTIFICATE,
    authOptional: true,
    disableReverseLookup: true,
    logger: false,
    onAuth: ({ username, password }, _, done) =>
      password === 'hush-hush'
        ? done(null, { user: username })
        : done(new Error('Invalid username or password')),
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk) => chunks.push(chunk));
      stream.on('end', async () => {
        const raw = Buffer.concat(chunks);
        received.push({
          to: session.envelope.rcptTo.map(({ address }) => address),
          isSecure: session.secure,
          user: typeof session.user === 'string' ? session.user : undefined,
          raw: raw.toString(),
          mail: await PostalMime.parse(raw),
        });
        done();
      });
    },
    ...options,
  });
  // Who turns away a certificate ends the connection with an alert.
  server.on('error', () => {});
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const { port } = server.server.address() as AddressInfo;
  const smtp: SmtpServer = {
    ...{ host: 'localhost', port, isSecure: options.secure ?? false, signIn: null },
  };
  return { received, smtp };
}
