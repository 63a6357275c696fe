"""The mutations of registered services. Their secrets go in, and never come out."""

from typing import Any

import strawberry

from models.commands.services import (
    MAY_BE_NULL,
    RegisterService,
    ServiceTls,
    TokenClient,
    TryService,
    UnregisterService,
    UpdateService,
)
from models.commands.validation import parse
from resolvers.access import services
from schema.arguments import Given
from schema.context import GraphQLInfo
from schema.derivation import input_of
from schema.errors import USER_ERRORS, UserError, payload
from schema.types.access.services import RegisteredService, service_type
from schema.types.scalars import raw


@input_of(TokenClient, "By what a service is asked for tokens (OAuth 2, client credentials).")
class ClientCredentialsInput:
    """See `TokenClient`."""


@input_of(ServiceTls, "The TLS of a service: whom it is to be, and who we are to it.")
class ServiceTlsInput:
    """See `ServiceTls`."""


@input_of(RegisterService, "A service for the workflows of the tenant.")
class RegisterServiceInput:
    """See `RegisterService`."""


@input_of(UpdateService, "What to change of a service; what is absent stays as it is.", clears=MAY_BE_NULL)
class UpdateServiceInput:
    """See `UpdateService`."""


@input_of(UnregisterService, "A service to forget.")
class UnregisterServiceInput:
    """See `UnregisterService`."""


@input_of(TryService, "A service to try.")
class TryServiceInput:
    """See `TryService`."""


@strawberry.type(description="The answer to what registers, changes or tries a service.")
class ServicePayload:
    """The service as it is now."""

    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)
    service: RegisteredService | None = strawberry.field(
        default=None, description="The service as it is now, without the values of its headers."
    )


@strawberry.type(description="The answer to the end of a service.")
class UnregisterServicePayload:
    """The name that means nobody now."""

    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)
    unregistered_name: str | None = strawberry.field(default=None, description="The name that means nobody now.")


@strawberry.type(description="What can be done with services, beside those that the operator has in the settings.")
class ServiceMutation:
    """Every node goes by a change a moment after its answer, the one that answers at once."""

    @strawberry.mutation(description="Register a service that workflows of the tenant may call from now on.")
    async def register_service(self, info: GraphQLInfo, input: Given[RegisterServiceInput]) -> ServicePayload:
        """Register."""

        async def work() -> dict[str, Any]:
            command = parse(RegisterService, raw(input))
            return {"service": service_type(await services.register_service(info.context.ctx, command))}

        return await payload(info, input, ServicePayload, work)

    @strawberry.mutation(description="Change a service that an admin has registered; what is absent stays as it is.")
    async def update_service(self, info: GraphQLInfo, input: Given[UpdateServiceInput]) -> ServicePayload:
        """Change."""

        async def work() -> dict[str, Any]:
            command = parse(UpdateService, raw(input))
            return {"service": service_type(await services.update_service(info.context.ctx, command))}

        return await payload(info, input, ServicePayload, work)

    @strawberry.mutation(
        description="Let one call through to a service whose circuit is open, before its time: the next one that is "
        "made. If it is answered, the circuit is closed. It is so on the node that answers at once, on each other node "
        "in a moment. What waits for the circuit keeps its moment: `resolveAction` has it try at once. For operators "
        "and admins."
    )
    async def try_service(self, info: GraphQLInfo, input: Given[TryServiceInput]) -> ServicePayload:
        """Try."""

        async def work() -> dict[str, Any]:
            command = parse(TryService, raw(input))
            return {"service": service_type(await services.try_service(info.context.ctx, command))}

        return await payload(info, input, ServicePayload, work)

    @strawberry.mutation(description="Forget a service that an admin has registered: calls of it fail from now on.")
    async def unregister_service(
        self, info: GraphQLInfo, input: Given[UnregisterServiceInput]
    ) -> UnregisterServicePayload:
        """Forget."""

        async def work() -> dict[str, Any]:
            command = parse(UnregisterService, raw(input))
            return {"unregistered_name": await services.unregister_service(info.context.ctx, command)}

        return await payload(info, input, UnregisterServicePayload, work)
