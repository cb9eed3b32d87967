// What is shipped to run the gateway, as far as it can be looked at without a machine of its own.
import './deploy/container-files.test.ts'
import './deploy/systemd-unit.test.ts'
