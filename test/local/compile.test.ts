// The template is compiled when what it comes from has changed, once, whoever asks at the same time.
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { compiledTemplate, templateSources } from '../../lib/local/compile.ts'
import { ROOT, temporaryFolder } from './rehearsal.ts'

/** A project whose `serverless` notes that it ran, and with which AWS settings. */
function project(script = ''): { root: string; runs: () => string[] } {
  const root = temporaryFolder()
  for (const folder of ['functions', 'scripts', 'node_modules/serverless/bin'])
    mkdirSync(join(root, folder), { recursive: true })
  for (const file of templateSources(root).files) writeFileSync(join(root, file), file)
  const log = join(root, 'runs.log')
  writeFileSync(log, '')
  writeFileSync(
    join(root, 'node_modules', 'serverless', 'bin', 'serverless.js'),
    `const fs = require('node:fs')
     ${script}
     fs.appendFileSync('runs.log', process.argv[2] + ' ' + (process.env.AWS_PROFILE ?? 'no profile') + '\\n')
     fs.mkdirSync('.serverless', { recursive: true })
     fs.writeFileSync('.serverless/cloudformation-template-update-stack.json', '{"Resources":{}}')`,
  )
  return { root, runs: () => readFileSync(log, 'utf8').split('\n').slice(0, -1) }
}

test('it is compiled once for all who ask, and not with the settings of the user', async () => {
  const { root, runs } = project()
  const paths = await Promise.all([1, 2, 3].map(() => compiledTemplate(root, { AWS_PROFILE: 'mine' })))
  await compiledTemplate(root, {})
  expect(new Set(paths).size).toBe(1)
  expect(readFileSync(paths[0] ?? '', 'utf8')).toBe('{"Resources":{}}')
  expect(runs()).toEqual(['package no profile'])
})

test('it is compiled again when serverless.yml changes, and when a function comes', async () => {
  const { root, runs } = project()
  await compiledTemplate(root, {})
  appendFileSync(join(root, 'serverless.yml'), '# changed')
  await compiledTemplate(root, {})
  writeFileSync(join(root, 'functions', 'new.ts'), '')
  await compiledTemplate(root, {})
  writeFileSync(join(root, 'functions', 'wiring.yml'), 'new')
  await compiledTemplate(root, {})
  appendFileSync(join(root, 'functions', 'wiring.yml'), '# changed')
  await compiledTemplate(root, {})
  expect(runs()).toHaveLength(5)
})

test('every file that the wiring includes, and that the packaging imports, is one that it is compiled anew for', () => {
  const { files } = templateSources(ROOT)
  const texts = files.filter((file) => /\.(yml|cjs)$/.test(file)).map((file) => readFileSync(join(ROOT, file), 'utf8'))
  const included = texts.flatMap((text) => [...text.matchAll(/\$\{file\(([\w./-]+)\)/g)].map(([, file = '']) => file))
  const imported = texts.flatMap((text) =>
    [...text.matchAll(/import\('\.\/([\w.-]+)'\)/g)].map(([, file = '']) => file),
  )
  expect(included).toContain('functions/automation.yml')
  expect(imported).toContain('bundle.ts')
  for (const file of [...included, ...imported.map((name) => `scripts/${name}`)]) expect(files).toContain(file)
})

test('a failure says what serverless said, and the next call tries again', async () => {
  const { root } = project(`if (fs.readFileSync('serverless.yml', 'utf8') === 'bad') {
    console.error('rules.yml:2: unknown key rulez'); process.exit(1)
  }`)
  writeFileSync(join(root, 'serverless.yml'), 'bad')
  await expect(compiledTemplate(root, {})).rejects.toThrow(
    /serverless package failed:\n.*rules\.yml:2: unknown key rulez/,
  )
  writeFileSync(join(root, 'serverless.yml'), 'good')
  await expect(compiledTemplate(root, {})).resolves.toContain('template.json')
})
