// A plugin of serverless (osls): each function is bundled and zipped on its own, and the template's conditions are decided.
'use strict'

const { readdirSync } = require('node:fs')
const { join } = require('node:path')

module.exports = function Bundle(serverless) {
  const step = (work) => () =>
    work(serverless).catch((error) => {
      // serverless prints this kind without a stack: the message of a broken rules file says it all.
      throw new serverless.classes.Error(error.message, 'BUNDLING_FAILED')
    })
  this.hooks = {
    'before:package:createDeploymentArtifacts': step(bundle),
    'after:aws:package:finalize:mergeCustomProviderResources': step(decide),
  }
}

async function bundle({ service, serviceDir, pluginManager }) {
  const { bundleFunctions } = await import('./bundle.ts')
  const packager = pluginManager.getPlugins().find((plugin) => typeof plugin.zipFiles === 'function')
  const functions = service.getAllFunctions().map((name) => {
    const { handler, environment = {}, package: { patterns = [] } = {} } = service.getFunction(name)
    return { name, handler, withRules: 'TOCSIN_COMPILED_RULES' in environment, patterns }
  })
  const { plan, quietTime } = service.custom.parameters
  const into = join(serviceDir, '.build', 'functions')
  const folders = await bundleFunctions(functions, serviceDir, into, { plan, quietTime })
  for (const { name, folder } of folders) {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
    const settings = service.getFunction(name)
    settings.package = { ...settings.package, artifact: await packager.zipFiles(files, `${name}.zip`, folder) }
  }
}

async function decide({ service: { provider } }) {
  const { decideConditions } = await import('./conditions.ts')
  provider.compiledCloudFormationTemplate = decideConditions(provider.compiledCloudFormationTemplate)
}
