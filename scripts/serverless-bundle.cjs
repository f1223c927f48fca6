// A plugin of serverless (osls): before it packages, each function is bundled and zipped on its own.
'use strict'

const { readdirSync } = require('node:fs')
const { join } = require('node:path')

module.exports = function Bundle(serverless) {
  this.hooks = {
    'before:package:createDeploymentArtifacts': () =>
      bundle(serverless).catch((error) => {
        // serverless prints this kind without a stack: the message of a broken rules file says it all.
        throw new serverless.classes.Error(error.message, 'BUNDLING_FAILED')
      }),
  }
}

async function bundle({ service, serviceDir, pluginManager }) {
  const { bundleFunctions } = await import('./bundle.ts')
  const packager = pluginManager.getPlugins().find((plugin) => typeof plugin.zipFiles === 'function')
  const functions = service.getAllFunctions().map((name) => {
    const { handler, environment = {}, package: { patterns = [] } = {} } = service.getFunction(name)
    return { name, handler, withRules: 'TOCSIN_COMPILED_RULES' in environment, patterns }
  })
  const folders = await bundleFunctions(functions, serviceDir, join(serviceDir, '.build', 'functions'))
  for (const { name, folder } of folders) {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
    const settings = service.getFunction(name)
    settings.package = { ...settings.package, artifact: await packager.zipFiles(files, `${name}.zip`, folder) }
  }
}
