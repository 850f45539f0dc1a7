import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { NAME_MAX, nameField } from '../auth/person-fields.ts';
import { TOKEN_LIVES, type TokenLife } from '../auth/token-expiry.ts';
import { parseBody } from '../http/parse-body.ts';
import { typedText } from '../http/typed-text.ts';
import { isLocale, LOCALES, type Locale } from '../i18n/index.ts';
import { EMBED_PARTS, type EmbedPart } from './embed-tokens.ts';

export { NAME_MAX };

/** More pages than that are any page. */
const ORIGINS_MAX = 20;

/** An origin as a browser says it: no wildcard, and nothing that would end a header's directive. */
const ORIGIN = /^https?:\/\/[\w.-]+(?::\d+)?$/;

/** Origins, a line each; `null` for none: any page. */
const originsField = z
  .string('malformed')
  .max(4_000, 'too_long')
  .default('')
  .transform((text, context) => {
    const lines = text.split(/[\s,]+/).filter(Boolean);
    const origins = lines.map((line) => (URL.canParse(line) ? new URL(line) : null));
    const isOrigin = (url: URL | null) =>
      url !== null && ORIGIN.test(url.origin) && url.href === `${url.origin}/`;
    if (!origins.every(isOrigin)) context.addIssue('malformed');
    if (lines.length > ORIGINS_MAX) context.addIssue('too_many');
    const unique = new Set(origins.flatMap((url) => url?.origin ?? []));
    return unique.size > 0 ? [...unique] : null;
  });

/** None, one or many boxes that are checked. */
const showsField = z
  .union([z.string().transform((one) => [one]), z.array(z.string())], 'unknown')
  .default([])
  .pipe(z.array(z.enum(EMBED_PARTS, 'unknown'), 'unknown'));

const embedFields = z.object({
  /** Of the form as it was shown: sent twice, it makes one token. */
  form_id: z.uuid('missing'),
  name: nameField,
  account: z.string('unknown').max(64, 'unknown').default(''),
  shows: showsField,
  frame_origins: originsField,
  locale: z.enum(LOCALES, 'unknown'),
  expires: z.enum(TOKEN_LIVES, 'unknown'),
  expires_on: z.string().max(32).default(''),
});

/** @throws RequestError naming every field that can't be used. */
export function readEmbedForm(body: unknown): z.infer<typeof embedFields> {
  return parseBody(embedFields, body);
}

/** The form as it is shown, first and again. */
export interface EmbedForm {
  id: string;
  name: string;
  /** Slug; empty: all accounts. */
  account: string;
  shows: readonly EmbedPart[];
  frameOrigins: string;
  locale: Locale;
  expires: TokenLife;
  expiresOn: string;
}

/** @param usual the language of who looks, and the account they chose. */
export function emptyEmbedForm(usual: Pick<EmbedForm, 'locale' | 'account'>): EmbedForm {
  return {
    ...usual,
    ...{ id: randomUUID(), name: '', shows: EMBED_PARTS, frameOrigins: '' },
    ...{ expires: 'never', expiresOn: '' },
  };
}

/** What was typed, to be corrected. */
export function embedFormAgain(body: unknown, usual: EmbedForm): EmbedForm {
  const [locale, expires] = [typedText(body, 'locale'), typedText(body, 'expires')];
  const shows = [(body as { shows?: unknown } | undefined)?.shows ?? []].flat();
  return {
    id: usual.id,
    name: typedText(body, 'name'),
    account: typedText(body, 'account'),
    shows: EMBED_PARTS.filter((part) => shows.includes(part)),
    frameOrigins: typedText(body, 'frame_origins'),
    locale: isLocale(locale) ? locale : usual.locale,
    expires: TOKEN_LIVES.find((life) => life === expires) ?? usual.expires,
    expiresOn: typedText(body, 'expires_on'),
  };
}
