import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The API server's audit log: who asked for what, and what was answered. */

export interface AuditRecord {
  user: string;
  verb: string;
  group: string;
  /** With its subresource, e.g. `arcprivatelinkscopes/status`. */
  resource: string;
  namespace: string;
  name: string;
  code: number;
}

export interface Audit {
  /** Flags for kube-apiserver that switch it on. */
  flags: Record<string, string>;
  /** Every finished request so far, in order. */
  records(): AuditRecord[];
}

interface AuditEvent {
  verb: string;
  user: { username: string };
  objectRef?: {
    apiGroup?: string;
    resource?: string;
    subresource?: string;
    namespace?: string;
    name?: string;
  };
  responseStatus?: { code?: number };
}

// A watch is logged when it begins to answer: some end only with the test.
const policy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - level: None
    nonResourceURLs: ['*']
  - level: Metadata
`;

export function createAudit(): Audit {
  const folder = mkdtempSync(join(tmpdir(), 'audit-'));
  const [policyFile, log] = [join(folder, 'policy.yaml'), join(folder, 'audit.jsonl')];
  writeFileSync(policyFile, policy);
  writeFileSync(log, '');
  return {
    flags: { 'audit-policy-file': policyFile, 'audit-log-path': log, 'audit-log-mode': 'blocking' },
    records: () =>
      readFileSync(log, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => record(JSON.parse(line) as AuditEvent)),
  };
}

function record({ verb, user, objectRef = {}, responseStatus }: AuditEvent): AuditRecord {
  const { apiGroup = '', resource = '', subresource, namespace = '', name = '' } = objectRef;
  return {
    user: user.username,
    verb,
    group: apiGroup,
    resource: subresource === undefined ? resource : `${resource}/${subresource}`,
    namespace,
    name,
    code: responseStatus?.code ?? 0,
  };
}
