import { copyFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { AzureAddress } from '../azure-questions.ts';
import { tenantId } from '../worlds.ts';
import { scopeId, subscription } from './estate.ts';
import { goProgram, pins, pythonPackages, terraform } from './tools.ts';
import { succeed } from '../../../test/world/run.ts';

/** What does the same work as the operator, each as somebody who knows it would use it. */
export interface Contestant {
  name: string;
  /** Gets it; rejects with what stood in the way. */
  prepare(): Promise<Prepared>;
}

export interface Prepared {
  what: string;
  command: readonly string[];
  environment(azure: AzureAddress, folder: string): Record<string, string>;
  /** What is done once in a folder before the work, such as signing in. */
  before(azure: AzureAddress, folder: string): Promise<void>;
}

const clientId = '22222222-2222-2222-2222-222222222222';
const clientSecret = 'bench';
const files = resolve('bench/peers');

const work = ({ url, caPath }: AzureAddress, folder: string): Record<string, string> => ({
  ARM: url,
  SUBSCRIPTION: subscription,
  SCOPE: scopeId,
  WORK: folder,
  // The simulated Azure's own CA: for Python's requests and for Go.
  REQUESTS_CA_BUNDLE: caPath,
  SSL_CERT_FILE: caPath,
});

const signedIn = (folder: string): Record<string, string> => ({
  AZURE_CONFIG_DIR: join(folder, 'azure'),
  AZURE_CORE_INSTANCE_DISCOVERY: 'false',
  AZURE_CORE_COLLECT_TELEMETRY: 'false',
  AZURE_CORE_ONLY_SHOW_ERRORS: 'true',
});

const withPath = (bin: string): Record<string, string> => ({ PATH: `${bin}:${process.env['PATH']}` });

/** As for any cloud of one's own. */
async function signIn(az: string, azure: AzureAddress, folder: string): Promise<void> {
  const environment = { ...work(azure, folder), ...signedIn(folder) };
  const { url } = azure;
  const endpoints = ['resource-manager', 'active-directory', 'active-directory-resource-id'];
  const places = endpoints.flatMap((name) => [`--endpoint-${name}`, url]);
  await succeed(az, ['cloud', 'register', '--name', 'simulated', '--skip-endpoint-discovery', ...places], {
    environment,
  });
  await succeed(az, ['cloud', 'set', '--name', 'simulated'], { environment });
  const identity = ['--service-principal', '-u', clientId, '-p', clientSecret, '--tenant', tenantId];
  await succeed(az, ['login', ...identity], { environment });
}

const threads: Contestant = {
  name: 'threads',
  async prepare() {
    const bin = await pythonPackages('threads', [pins.hybridCompute, pins.identity]);
    return {
      what: `forty lines of Python: list, then PATCH by 20 threads, the SDK’s retries on, until none is left (${pins.hybridCompute})`,
      command: [join(bin, 'python'), join(files, 'threads.py')],
      environment: (azure, folder) => ({
        ...work(azure, folder),
        AZURE_TENANT_ID: tenantId,
        AZURE_CLIENT_ID: clientId,
        AZURE_CLIENT_SECRET: clientSecret,
      }),
      before: () => Promise.resolve(),
    };
  },
};

const cli: Contestant = {
  name: 'azure-cli',
  async prepare() {
    const bin = await pythonPackages('cli', [pins.azureCli]);
    return {
      what: `\`az rest\` by \`xargs -P 20\`, until none is left (${pins.azureCli})`,
      command: ['bash', join(files, 'loop.sh')],
      environment: (azure, folder) => ({ ...work(azure, folder), ...signedIn(folder), ...withPath(bin) }),
      before: (azure, folder) => signIn(join(bin, 'az'), azure, folder),
    };
  },
};

const azapi: Contestant = {
  name: 'azapi',
  async prepare() {
    const bin = await pythonPackages('cli', [pins.azureCli]);
    const provider = await goProgram(pins.azapi, 'terraform-provider-azapi');
    const { command, version } = await terraform();
    return {
      what: `${version} with \`azapi_update_resource\` for each server (${pins.azapi.replace(/.*\//, '')})`,
      command: [command, 'apply', '-auto-approve', '-parallelism=20', '-no-color', '-input=false'],
      environment: (azure, folder) => ({
        ...work(azure, folder),
        ...signedIn(folder),
        ...withPath(bin),
        CHECKPOINT_DISABLE: '1',
        TF_CLI_CONFIG_FILE: join(folder, 'cli.tfrc'),
        TF_VAR_arm: azure.url,
        TF_VAR_tenant: tenantId,
        TF_VAR_subscription: subscription,
        TF_VAR_scope: scopeId,
      }),
      async before(azure, folder) {
        copyFileSync(join(files, 'main.tf'), join(folder, 'main.tf'));
        writeFileSync(join(folder, 'cli.tfrc'), overrides(dirname(provider)));
        // Its own sign-in asks login.microsoftonline.com whether an authority is one of Azure's.
        await signIn(join(bin, 'az'), azure, folder);
      },
    };
  },
};

function overrides(folder: string): string {
  return `provider_installation {\n  dev_overrides {\n    "azure/azapi" = "${folder}"\n  }\n  direct {}\n}\n`;
}

export const contestants: readonly Contestant[] = [threads, azapi, cli];
