// Bundles each function into a folder of its own: what AWS Lambda finds in its task root, and nothing else.
import { cp, mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type BuildOptions, build, type Plugin } from 'esbuild'
import type { DefaultsGiven } from '../lib/automation/rules/schema.ts'
import { compileRulesFile, type Warn } from '../lib/local/rules-file.ts'
import { parseJson } from '../lib/local/json.ts'
import { writeRules } from '../lib/local/rules-json.ts'
import { sayWhatIsIgnored } from '../lib/local/rules-notice.ts'

export interface FunctionToBundle {
  readonly name: string
  /** `functions/<file>.<export>`, as serverless.yml says it. */
  readonly handler: string
  /** Whether it reads the compiled rules. */
  readonly withRules: boolean
  /** Folders that it serves, as `<folder>/**`. */
  readonly patterns: readonly string[]
}

/**
 * Bundles `functions` of the project in `root` into one folder each under `into`, which is emptied first. The rules that
 * some hold are compiled with `defaults`, where rules.yml says nothing; `warn` takes what is doubtful in it.
 * Throws RulesError-like messages of a broken rules.yml, and esbuild's own for a broken function.
 */
export async function bundleFunctions(
  functions: readonly FunctionToBundle[],
  root: string,
  into: string,
  defaults: DefaultsGiven = {},
  warn: Warn = console.warn,
): Promise<{ name: string; folder: string }[]> {
  const rules = functions.some(({ withRules }) => withRules)
    ? compileRulesFile(join(root, 'rules.yml'), defaults, warn)
    : undefined
  const notice = rules && sayWhatIsIgnored(rules, 'rules.yml')
  if (notice !== undefined) warn(notice)
  await rm(into, { recursive: true, force: true })
  return Promise.all(
    functions.map(async ({ name, handler, withRules, patterns }) => {
      const folder = join(into, name)
      const entry = handler.replace(/\.\w+$/, '')
      await build({
        ...BUNDLING,
        absWorkingDir: root,
        entryPoints: [`${entry}.ts`],
        outfile: join(folder, `${entry}.js`),
      })
      if (withRules && rules) writeRules(rules, join(folder, 'rules.json'))
      for (const pattern of patterns) await copyFolder(root, folder, pattern)
      return { name, folder }
    }),
  )
}

/**
 * Where the SDK looks for credentials after the environment, in which Lambda always puts a function's own: files, processes
 * and sign-ins of a developer's machine. Each is imported only when its turn comes, which never does, yet with the clients
 * of STS and SSO that they need they would be a fifth of every bundle.
 */
const UNUSED_CREDENTIALS = ['ini', 'login', 'process', 'sso', 'web-identity'].map(
  (source) => `@aws-sdk/credential-provider-${source}`,
)

/** Of its package.json a client of the SDK tells the version, in each call; the rest would be 2 kB of every client. */
const VERSION_ALONE: Plugin = {
  name: 'version-alone',
  setup(bundling) {
    bundling.onLoad({ filter: /[/\\]@aws-sdk[/\\]client-[\w-]+[/\\]package\.json$/ }, async ({ path }) => {
      const version = parseJson(await readFile(path, 'utf8'), path)
        .get('version')
        .string()
      return { contents: JSON.stringify({ version }), loader: 'json' }
    })
  },
}

/** How every function is bundled. */
export const BUNDLING = {
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node24',
  // CommonJS starts 40 ms sooner than ESM on Node 24.
  format: 'cjs',
  mainFields: ['module', 'main'],
  legalComments: 'none',
  external: UNUSED_CREDENTIALS,
  plugins: [VERSION_ALONE],
  logLevel: 'silent',
} satisfies BuildOptions

async function copyFolder(root: string, folder: string, pattern: string): Promise<void> {
  const [, name] = /^([\w-]+)\/\*\*$/.exec(pattern) ?? []
  if (name === undefined)
    throw new Error(`serverless.yml: the pattern ${pattern} is not a folder's, such as console/**`)
  await mkdir(folder, { recursive: true })
  await cp(join(root, name), join(folder, name), { recursive: true })
}
