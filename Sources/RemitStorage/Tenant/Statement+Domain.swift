import RemitDomain

// How the domain's values lie in columns.

extension Statement {
    func bind(_ value: Timestamp) {
        bind(value.milliseconds)
    }

    func bind(_ value: Timestamp?) {
        bind(value?.milliseconds)
    }

    func bind<Tag>(_ value: Identifier<Tag>) {
        bind(value.text)
    }

    func bind<Tag>(_ value: Identifier<Tag>?) {
        bind(value?.text)
    }

    func bind(_ value: some RawRepresentable<Int64>) {
        bind(value.rawValue)
    }

    func timestamp() -> Timestamp {
        Timestamp(milliseconds: int64())
    }

    func timestampOrNil() -> Timestamp? {
        int64OrNil().map { Timestamp(milliseconds: $0) }
    }

    func id<Tag>() -> Identifier<Tag> {
        Identifier(text())
    }

    func idOrNil<Tag>() -> Identifier<Tag>? {
        textOrNil().map { Identifier($0) }
    }

    /// A case by its number; a number without a case is corruption, or a newer program's.
    func value<Value: RawRepresentable<Int64>>(_ type: Value.Type = Value.self) throws(StorageError) -> Value {
        let number = int64()
        guard let value = Value(rawValue: number) else {
            throw StorageError(.corrupt, message: "A stored \(type) has the unknown number \(number).")
        }
        return value
    }

    func currency() throws(StorageError) -> Currency {
        let code = text()
        guard let currency = Currency(code) else {
            throw StorageError(.corrupt, message: "A stored currency is unknown.")
        }
        return currency
    }

    func currencyOrNil() throws(StorageError) -> Currency? {
        guard !isNull else {
            _ = textOrNil()
            return nil
        }
        return try currency()
    }

    func metadata() throws(StorageError) -> Metadata {
        guard let bytes = bytesOrNil() else { return Metadata() }
        return try MetadataColumn.decode(bytes)
    }

    func bind(_ metadata: Metadata) {
        bind(metadata.entries.isEmpty ? nil : MetadataColumn.encode(metadata))
    }
}
