// The rules of the house, checked: who may import whom, which rooms are pure, how long a file may be.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = join(import.meta.dirname, '..')
const files = ['lib', 'functions', 'scripts']
  .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))

interface Import {
  readonly to: string
  readonly typeOnly: boolean
}

const IMPORT =
  /^(?:import|export)\s+(?<what>(?:[\w*\s{},$]*?\bfrom\s+)?)['"](?<to>[^'"]+)['"]|\bimport\(['"](?<late>[^'"]+)['"]\)/gmu

const importsOf = ({ path, text }: { path: string; text: string }): Import[] =>
  [...text.matchAll(IMPORT)].map(({ groups }) => {
    const to = groups?.['to'] ?? groups?.['late'] ?? ''
    const typeOnly = /^type\b/u.test(groups?.['what'] ?? '')
    return { to: to.startsWith('.') ? normalize(join(dirname(path), to)) : to, typeOnly }
  })

const within = (path: string, rooms: readonly string[]): boolean => rooms.some((room) => path.startsWith(room))
const breaches = (rooms: readonly string[], isBreach: (to: Import) => boolean): string[] =>
  files
    .filter(({ path }) => within(path, rooms))
    .flatMap((file) =>
      importsOf(file)
        .filter(isBreach)
        .map(({ to }) => `${file.path} imports ${to}`),
    )

const PURE = ['lib/automation/decide/', 'lib/automation/rules/', 'lib/incident-manager/engine/']
const WITH_SDK = [
  'lib/automation/execute/',
  'lib/incident-manager/delivery/',
  'lib/aws/',
  'lib/local/',
  'scripts/',
  'functions/',
]

describe('the house', () => {
  it('keeps its two halves apart: they meet only over the wire', () => {
    expect(breaches(['lib/automation/'], ({ to }) => to.startsWith('lib/incident-manager/'))).toEqual([])
    expect(breaches(['lib/incident-manager/'], ({ to }) => to.startsWith('lib/automation/'))).toEqual([])
    expect(breaches(['lib/aws/'], ({ to }) => /^lib\/(?!aws\/)/u.test(to))).toEqual([])
    const inner = ['lib/automation/', 'lib/incident-manager/', 'lib/aws/']
    expect(breaches(inner, ({ to }) => /^(lib\/local|functions|scripts)\//u.test(to))).toEqual([])
  })

  it('keeps its pure rooms pure: no package, no node module, no clock, no chance, no environment', () => {
    expect(breaches(PURE, ({ to, typeOnly }) => !to.startsWith('lib/') && !typeOnly)).toEqual([])
    const impure = files.filter(
      ({ path, text }) =>
        within(path, PURE) && /Date\.now|new Date\(\)|Math\.random|process\.|crypto|fetch\(/u.test(text),
    )
    expect(impure.map(({ path }) => path)).toEqual([])
  })

  it('touches the AWS SDK only where things are executed, delivered or kept', () => {
    const others = files.filter(({ path }) => !within(path, WITH_SDK))
    const uses = others.flatMap((file) =>
      importsOf(file)
        .filter(({ to, typeOnly }) => to.startsWith('@aws-sdk/') && !typeOnly)
        .map(() => file.path),
    )
    expect(uses).toEqual([])
  })

  it('reads the environment of the process in one place', () => {
    const readers = files.filter(({ path, text }) => path !== 'lib/aws/config.ts' && text.includes('process.env'))
    expect(readers.map(({ path }) => path)).toEqual([])
  })

  it('keeps functions to 40 lines and every other file to 300', () => {
    const long = files.filter(
      ({ path, text }) =>
        !path.includes('.generated.') && text.split('\n').length - 1 > (path.startsWith('functions/') ? 40 : 300),
    )
    expect(long.map(({ path }) => path)).toEqual([])
  })

  it('has no barrels and no rooms that say nothing', () => {
    expect(
      files.filter(({ path }) => /\/(?:index|utils|helpers|common|manager)\.ts$/u.test(path)).map(({ path }) => path),
    ).toEqual([])
    const titled = files.filter(({ text }) => !/^(?:#!.*\n)?(?:\/\/|\/\*)/u.test(text))
    expect(titled.map(({ path }) => path)).toEqual([])
  })
})
