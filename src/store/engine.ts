/** Which database keeps the store. */
export type Engine = 'sqlite' | 'postgres';
