/** How e-mail leaves the house. */
export interface MailConfig {
  server: SmtpServer;
  /** Who the panel is in an inbox. */
  from: { name: string; address: string };
}

export interface SmtpServer {
  host: string;
  port: number;
  /** TLS from the first byte on; otherwise STARTTLS, where the server offers it. */
  isSecure: boolean;
  /** `null` where the server asks for none. */
  signIn: { user: string; password: string } | null;
}

/** Port of submission (RFC 6409), and of submission over TLS (RFC 8314). */
const PORTS: Record<string, number> = { 'smtp:': 587, 'smtps:': 465 };

/**
 * Reads `smtp://user:password@host:587` or `smtps://...`; what a URL can't contain is
 * percent-encoded in it.
 * @returns `null` if it is not that.
 */
export function parseSmtpUrl(text: string): SmtpServer | null {
  const url = URL.parse(text);
  const usualPort = PORTS[url?.protocol ?? ''];
  if (!url || !usualPort || !url.hostname) return null;
  if (!/^\/?$/.test(url.pathname) || url.search || url.hash) return null;
  const user = decoded(url.username);
  const password = decoded(url.password);
  if (user === null || password === null || (password && !user)) return null;
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || usualPort,
    isSecure: url.protocol === 'smtps:',
    signIn: user ? { user, password } : null,
  };
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}

/** Reads `panel@example.com` or `Panel <panel@example.com>`. @returns `null` if it is not that. */
export function parseMailFrom(text: string): MailConfig['from'] | null {
  const { name = '', address = '' } =
    /^(?:"?(?<name>[^<>"\p{Cc}]*?)"?\s*<)?(?<address>[^<>]*)>?$/u.exec(text)?.groups ?? {};
  if (!isMailAddress(address) || text.includes('<') !== text.endsWith('>')) return null;
  return { name: name.trim(), address };
}

/** One address, without a name, and nothing that could pass for more than one or for a header. */
export function isMailAddress(text: string): boolean {
  return (
    /^[^\s@<>(),:;"[\]\\\p{Cc}]+@[^\s@<>(),:;"[\]\\\p{Cc}]+$/u.test(text) && text.length <= 254
  );
}
