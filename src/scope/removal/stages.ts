import type { Concern } from '../../engine/concern.ts';
import type { ScopeAction } from '../actions.ts';
import type { Seen } from '../seen.ts';
import { blocked } from './blocked.ts';
import { connections } from './connections.ts';
import { endpoints } from './endpoints.ts';
import { names } from './names.ts';
import { rules } from './rules.ts';
import { scope } from './scope.ts';
import { servers } from './servers.ts';
import { zones } from './zones.ts';

/**
 * The order of deletion, which cuts nobody off: nothing while anybody uses the scope; then names, so that servers look for
 * the public addresses again; then servers; then what carried the traffic, and the scope last. A stage begins when those
 * before it are over.
 */
export const stages: readonly Concern<Seen, ScopeAction>[] = [
  blocked,
  names,
  servers,
  endpoints,
  zones,
  rules,
  connections,
  scope,
];
