import supertest from 'supertest';
import type { Panel } from './panel.ts';

export const PASSWORD = 'correct horse battery staple';

/** What a person fills in behind a link; each page takes what it asks for. */
export const FILLED = {
  name: 'Lucía Ñandú',
  email: 'lucia@example.com',
  password: PASSWORD,
  password_again: PASSWORD,
};

/** A browser of somebody who is not signed in. */
export class Visitor {
  readonly #agent: ReturnType<typeof supertest.agent>;

  constructor({ app }: Panel) {
    this.#agent = supertest.agent(app);
  }

  open(path: string): supertest.Test {
    return this.#agent.get(path);
  }

  /** Opens the link and sends its form, changed by `fields`. */
  async fillIn(path: string, fields: Record<string, string> = {}): Promise<supertest.Response> {
    const { text } = await this.open(path);
    return this.send(path, text, fields);
  }

  /** Sends the form of a page that was opened before. */
  send(path: string, page: string, fields: Record<string, string> = {}): supertest.Test {
    const token = new URL(path, 'http://panel').searchParams.get('token') ?? '';
    return this.#agent
      .post(path.replace(/\?.*/, ''))
      .type('form')
      .send({ _csrf: hidden(page, '_csrf'), token, ...FILLED, ...fields });
  }
}

/** The value of a hidden field of a page; empty where there is none. */
export function hidden(page: string, name: string): string {
  return page.match(new RegExp(`name="${name}" value="([^"]*)"`))?.[1] ?? '';
}

/** The path of the link that an admin was shown. */
export function shownLink(page: string): string {
  const address = page.match(/id="made-link"[^>]* value="([^"]*)"/)?.[1] ?? '';
  return URL.canParse(address) ? new URL(address).pathname + new URL(address).search : '';
}
