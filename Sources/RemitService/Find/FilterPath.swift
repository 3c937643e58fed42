/// Where in a request's filter something stands, such as `filter.and.filters[1].compare.field`.
struct FilterPath {
    private(set) var text: String

    static let root = FilterPath(text: "filter")

    func appending(_ name: String) -> FilterPath { FilterPath(text: "\(text).\(name)") }
    func appending(_ name: String, _ index: Int) -> FilterPath { FilterPath(text: "\(text).\(name)[\(index)]") }
}
