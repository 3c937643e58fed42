import GRPCCore
import GRPCProtobuf

/// The two methods of the contract's PaymentService that are measured, registered as the generated code would.
struct PaymentService: RegistrableRPCService {
    /// One for each tenant.
    let stores: [Store]

    func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
        router.registerHandler(
            forMethod: Remit_V1_PaymentService.Method.GetPayment.descriptor,
            deserializer: ProtobufDeserializer<Remit_V1_GetPaymentRequest>(),
            serializer: ProtobufSerializer<Remit_V1_GetPaymentResponse>()
        ) { request, _ in
            try await StreamingServerResponse(single: get(ServerRequest(stream: request)))
        }
        router.registerHandler(
            forMethod: Remit_V1_PaymentService.Method.CreatePayment.descriptor,
            deserializer: ProtobufDeserializer<Remit_V1_CreatePaymentRequest>(),
            serializer: ProtobufSerializer<Remit_V1_CreatePaymentResponse>()
        ) { request, _ in
            try await StreamingServerResponse(single: create(ServerRequest(stream: request)))
        }
    }

    private func get(
        _ request: ServerRequest<Remit_V1_GetPaymentRequest>
    ) async throws -> ServerResponse<Remit_V1_GetPaymentResponse> {
        guard let payment = try await store(request.metadata).payment(id: request.message.id) else {
            throw RPCError(code: .notFound, message: "There is no such payment.")
        }
        var response = Remit_V1_GetPaymentResponse()
        response.payment = payment
        return ServerResponse(message: response)
    }

    private func create(
        _ request: ServerRequest<Remit_V1_CreatePaymentRequest>
    ) async throws -> ServerResponse<Remit_V1_CreatePaymentResponse> {
        guard let key = request.metadata[stringValues: Header.idempotencyKey].first(where: { _ in true }) else {
            throw RPCError(code: .invalidArgument, message: "A create needs an idempotency key.")
        }
        guard request.message.amount > 0, !request.message.currency.isEmpty else {
            throw RPCError(code: .invalidArgument, message: "A create needs an amount and a currency.")
        }
        let creation = try Creation(request.message, idempotencyKey: key)
        var response = Remit_V1_CreatePaymentResponse()
        response.payment = try await store(request.metadata).create(creation)
        return ServerResponse(message: response)
    }

    private func store(_ metadata: Metadata) throws -> Store {
        guard let text = metadata[stringValues: Header.tenant].first(where: { _ in true }) else { return stores[0] }
        guard let number = Int(text), stores.indices.contains(number) else {
            throw RPCError(code: .notFound, message: "There is no such tenant.")
        }
        return stores[number]
    }
}

/// Names in a call's metadata.
enum Header {
    static let idempotencyKey = "idempotency-key"
    static let tenant = "tenant"
}
