/** Of the Compose Specification, those that may be of use here. */
const TOP: ReadonlySet<string> = new Set(['services', 'volumes', 'networks', 'secrets', 'configs', 'name'])
const OF_SERVICE: ReadonlySet<string> = new Set(
  `build cap_add cap_drop command configs container_name depends_on deploy entrypoint env_file environment expose
  extra_hosts healthcheck hostname image init labels logging mem_limit networks pids_limit ports read_only restart
  secrets security_opt stop_grace_period stop_signal tmpfs ulimits user volumes working_dir`.split(/\s+/),
)

/** The paths of keys that are spelt wrong, or unknown here. */
export function strangeKeys(compose: { readonly services: object }): readonly string[] {
  const services = Object.entries(compose.services).flatMap(([name, service]) =>
    Object.keys(service as object)
      .filter((key) => !OF_SERVICE.has(key))
      .map((key) => `services.${name}.${key}`),
  )
  return [...services, ...Object.keys(compose).filter((key) => !TOP.has(key))]
}
