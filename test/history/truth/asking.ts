import type { Browser } from '../../support/panel.ts';
import type { Question } from './telling.ts';

/** Asks the panel for one of its addresses. */
export type Ask = (address: string) => ReturnType<Browser['get']>;

/** Somebody who is signed in, with a language and the account that they chose to see; all of them when blank. */
export function asking(viewer: Browser, { language = 'en', account = '' } = {}): Ask {
  return (address) =>
    viewer
      .get(address)
      .set('Cookie', `${viewer.header}; account=${account}`)
      .set('Sec-Fetch-Site', 'same-origin')
      .set('Accept-Language', language);
}

/**
 * Where the API answers a question.
 * @param name `usage`, or one of its files.
 * @param period as it is to be written; the question's own instants when left out.
 */
export function apiAddress(
  name: string,
  question: Omit<Question, 'accountId'>,
  period = { start: question.start.toString(), end: question.end.toString() },
): string {
  const { timezone, resolution, groupBy, endpointIds, apiKeyIds, slug } = question;
  const query = queryOf({
    ...{ ...period, timezone, timeframe: resolution, group_by: groupBy },
    ...{ endpoint_id: endpointIds, api_key_id: apiKeyIds, account: slug ?? [] },
  });
  return `/api/v1/${name}?${query}`;
}

export function queryOf(fields: Record<string, string | readonly string[]>): URLSearchParams {
  return new URLSearchParams(
    Object.entries(fields).flatMap(([name, value]) => [value].flat().map((each) => [name, each])),
  );
}
