// Types what the page uses of Swagger UI, whose package comes without types.
declare module "swagger-ui-dist/swagger-ui-es-bundle.js" {
  /** An OpenAPI document. */
  export type Description = { info: { description: string } } & Record<string, unknown>;

  /** A request that is about to be sent. */
  interface Sent {
    url: string;
    headers: Record<string, string>;
  }

  interface Options {
    dom_id: string;
    url: string;
    plugins: object[];
    requestInterceptor: (request: Sent) => Promise<Sent>;
    onComplete: () => void;
    persistAuthorization: boolean;
    validatorUrl: string | null;
    tryItOutEnabled: boolean;
    displayRequestDuration: boolean;
    deepLinking: boolean;
    defaultModelsExpandDepth: number;
  }

  export default function SwaggerUI(options: Options): {
    preauthorizeApiKey(scheme: string, value: string): void;
  };
}
