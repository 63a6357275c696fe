// Types what the page uses of Swagger UI, whose package comes without types.
declare module "swagger-ui-dist/swagger-ui-es-bundle.js" {
  /** An OpenAPI document. */
  export type Description = Record<string, unknown>;

  interface Options {
    dom_id: string;
    url: string;
    plugins: object[];
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
