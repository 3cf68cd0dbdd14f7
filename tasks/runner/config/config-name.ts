/** What a config is called. */
export const configName = 'tasks.config.yaml';
