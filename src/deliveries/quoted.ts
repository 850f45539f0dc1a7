const LONGEST = 160;
/** A shorter part of a secret address could be a word that says something. */
const SHORTEST_SECRET = 6;

/**
 * What a receiver said, in short, without secrets and without more of an address than its host.
 * Pages for people say nothing in few words.
 */
export function quoted(said: string, secrets: readonly string[] = []): string {
  if (/^\s*<(?!\d)/.test(said)) return '';
  let text = said
    .toWellFormed()
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  for (const secret of secrets.toSorted((a, b) => b.length - a.length)) {
    // In whatever letters it comes back: `%2F` is `%2f` to many.
    const wherever = new RegExp(RegExp.escape(secret), 'gi');
    if (secret.length >= SHORTEST_SECRET) text = text.replaceAll(wherever, '…');
  }
  text = text.replaceAll(
    /\b([a-z][a-z\d+.-]*:\/\/)(?:[^\s/@]*@)?([^\s/?#"'<>]*)[^\s"'<>]*/gi,
    '$1$2',
  );
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`.toWellFormed();
}

/** All of an address that may be a secret: its path and its query and each part of them, as it is and decoded. */
export function secretsOfUrl(address: string): string[] {
  const url = URL.parse(address);
  if (!url) return [address];
  const parts = [
    url.href,
    `${url.pathname}${url.search}`,
    url.pathname,
    ...url.pathname.split('/'),
    url.search,
    ...url.search.split(/[?&]/).map((pair) => pair.slice(pair.indexOf('=') + 1)),
    ...url.searchParams.values(),
  ];
  return [...new Set(parts.flatMap((part) => [part, decoded(part)]))].filter(Boolean);
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
