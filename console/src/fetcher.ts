// Sends operations to the address that the page came from: by POST, subscriptions over a WebSocket.
import { createGraphiQLFetcher, type Fetcher } from "@graphiql/toolkit";
import { DEFAULT_HEADERS } from "./examples";
import { rememberedHeaders } from "./storage";

const endpoint = new URL(window.location.pathname, window.location.href);
const socket = new URL(endpoint);
socket.protocol = endpoint.protocol === "https:" ? "wss:" : "ws:";

// The toolkit passes the header editor's content on to connection_init, over a new socket for each subscription.
const send = createGraphiQLFetcher({
  url: endpoint.href,
  subscriptionUrl: socket.href,
  enableIncrementalDelivery: false,
});

function headersBeforeTheEditorIsReady(): Record<string, string> {
  try {
    return JSON.parse(rememberedHeaders() ?? DEFAULT_HEADERS) as Record<string, string>;
  } catch {
    return {};
  }
}

// GraphiQL asks for the schema before its header editor exists, and a server that wants credentials would refuse it.
export const fetcher: Fetcher = (parameters, options = {}) =>
  parameters.operationName === "IntrospectionQuery" && !options.headers
    ? send(parameters, { ...options, headers: headersBeforeTheEditorIsReady() })
    : send(parameters, options);
