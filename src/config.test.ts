import { describe, expect, it } from '@jest/globals';
import { readConfig } from './config.ts';
import { helpText, UsageError } from './flags.ts';

describe('the command line', () => {
  it('has the defaults of the documentation', () => {
    expect(readConfig([], {})).toMatchObject({
      kubeconfig: undefined,
      watchNamespaces: [],
      watchLabelSelector: { text: '' },
      resyncIntervalMs: 900_000,
      machinePollIntervalMs: 300_000,
      propagationWindowMs: 900_000,
      stallAfterMs: 600_000,
      maxConcurrentReconciles: 4,
      leaderElect: true,
      managementPolicy: 'Manage',
      allowedSubscriptions: [],
      metricsBindAddress: { host: undefined, port: 8080 },
      healthProbeBindAddress: { host: undefined, port: 8081 },
      logLevel: 'info',
      logFormat: 'json',
      azure: { cloud: 'AzurePublic' },
    });
  });

  it('reads every flag from the environment as well, and the flag wins', () => {
    const environment = { ARC_PRIVATE_LINK_RESYNC_INTERVAL: '1h', ARC_PRIVATE_LINK_LOG_LEVEL: 'debug' };
    const config = readConfig(['--resync-interval=90s'], environment);
    expect(config.resyncIntervalMs).toBe(90_000);
    expect(config.logLevel).toBe('debug');
  });

  it('takes a boolean flag without a value as true', () => {
    expect(readConfig(['--leader-elect'], { ARC_PRIVATE_LINK_LEADER_ELECT: 'false' }).leaderElect).toBe(true);
    expect(readConfig(['--leader-elect=false'], {}).leaderElect).toBe(false);
  });

  it('lets only its own namespace use its identity unless told otherwise', () => {
    expect(readConfig([], { POD_NAMESPACE: 'arc-system' }).operatorIdentityNamespaces).toEqual([
      'arc-system',
    ]);
    const flag = '--operator-identity-namespaces=a,b,a';
    expect(readConfig([flag], { POD_NAMESPACE: 'arc-system' }).operatorIdentityNamespaces).toEqual([
      'a',
      'b',
    ]);
  });

  it.each([[''], ['*'], ['*,team-a'], ['team-a, *']])('watches all namespaces when told "%s"', (value) => {
    expect(readConfig([`--watch-namespaces=${value}`], {}).watchNamespaces).toEqual([]);
  });

  it('works on the objects that its selector matches, and refuses one that is none', () => {
    const { watchLabelSelector } = readConfig(['--watch-label-selector=shard in (a,b)'], {});
    expect(watchLabelSelector.matches({ shard: 'b' })).toBe(true);
    expect(watchLabelSelector.matches(undefined)).toBe(false);
    expect(() => readConfig(['--watch-label-selector=shard in a'], {})).toThrow(/^--watch-label-selector: /);
  });

  it('takes a kubeconfig from the flag, else from KUBECONFIG, and an empty one for none', () => {
    const environment = { KUBECONFIG: '/a:/b' };
    expect(readConfig([], environment).kubeconfig).toBe('/a:/b');
    expect(readConfig(['--kubeconfig=/c'], environment).kubeconfig).toBe('/c');
    expect(readConfig([], { KUBECONFIG: '' }).kubeconfig).toBeUndefined();
  });

  it.each([
    [['--no-such-flag=1'], {}, '--no-such-flag'],
    [['stray'], {}, 'stray'],
    [['--resync-interval=soon'], {}, '--resync-interval: "soon" is not a duration'],
    [['--resync-interval=0s'], {}, '--resync-interval: "0s" is not a duration'],
    [['--max-concurrent-reconciles=0'], {}, 'whole number from 1 to 100'],
    [['--leader-elect=maybe'], {}, 'neither true nor false'],
    [['--azure-cloud=AzureMoon'], {}, 'none of AzurePublic'],
    [['--metrics-bind-address=8080'], {}, 'not an address'],
    [['--watch-namespaces=Bad_Name'], {}, '"Bad_Name" is not the name of a namespace'],
    [['--owner-id=a/b'], {}, '--owner-id'],
    [['--leader-election-namespace=*'], {}, '"*" is not the name of a namespace'],
    [['--leader-election-namespace=a,b'], {}, '"a,b" is not the name of a namespace'],
    [['--allowed-subscriptions=mine'], {}, '"mine" is not the id of a subscription'],
    [['--management-policy=Look'], {}, 'none of Manage, Observe'],
    [[], { ARC_PRIVATE_LINK_LOG_FORMAT: 'xml' }, '--log-format'],
    [[], { AZURE_AUTHORITY_HOST: 'http://login.example' }, 'AZURE_AUTHORITY_HOST'],
  ])('refuses %j with %j in one sentence', (args, environment, part) => {
    const attempt = (): unknown => readConfig(args, environment);
    expect(attempt).toThrow(UsageError);
    expect(attempt).toThrow(part);
    expect(attempt).toThrow(/^[^\n]+\.$/);
  });

  it('turns a server off with 0', () => {
    expect(readConfig(['--metrics-bind-address=0'], {}).metricsBindAddress).toBeUndefined();
  });

  it('lists its flags', () => {
    expect(helpText()).toContain('--propagation-window');
  });
});
