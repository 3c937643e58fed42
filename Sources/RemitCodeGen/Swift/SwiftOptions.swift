/// What the caller of the plugin chose: `visibility=package,emit=messages,views=all`.
package struct SwiftOptions: Hashable, Sendable {
    /// Who sees the generated declarations.
    package enum Visibility: String, Sendable {
        case `public`, package, `internal`
    }

    /// What is generated.
    package enum Emission: String, Sendable {
        /// Messages and enums only.
        case messages
        /// Also services, clients and descriptors.
        case all
    }

    /// Which messages can be read in place.
    package enum Views: String, Sendable {
        case none, all
    }

    /// Who sees the generated declarations; everyone by default.
    package var visibility = Visibility.public
    /// What is generated; everything by default.
    package var emission = Emission.all
    /// Which messages can be read in place; none by default.
    package var views = Views.none

    /// The defaults.
    package init() {}

    /// Reads the plugin's parameter: pairs separated by commas.
    package init(parameter: String) throws(GenerationError) {
        self.init()
        for pair in parameter.split(separator: ",") {
            let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
            switch (parts.first, parts.last) {
            case ("visibility"?, let value?):
                guard let visibility = Visibility(rawValue: value) else { throw Self.unknown(pair) }
                self.visibility = visibility
            case ("emit"?, let value?):
                guard let emission = Emission(rawValue: value) else { throw Self.unknown(pair) }
                self.emission = emission
            case ("views"?, let value?):
                guard let views = Views(rawValue: value) else { throw Self.unknown(pair) }
                self.views = views
            default: throw Self.unknown(pair)
            }
        }
    }

    private static func unknown(_ pair: Substring) -> GenerationError {
        GenerationError(
            "Unknown option \"\(pair)\": use visibility=public|package|internal, emit=all|messages and views=none|all.")
    }
}
