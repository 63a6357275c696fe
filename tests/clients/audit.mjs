// Prints every audit of graphql-http on the server at argv[2] as a line of JSON: id, name, status, reason.
import { auditServer } from 'graphql-http'

for (const { id, name, status, reason } of await auditServer({ url: process.argv[2] })) {
  console.log(JSON.stringify({ id, name, status, reason }))
}
