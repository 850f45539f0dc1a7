import type { AlertKind } from '../kind.ts';
import type { RuleKind } from '../rule.ts';

/** How each kind of rule reads and judges. */
export const KINDS: Partial<Record<RuleKind, AlertKind>> = {};
