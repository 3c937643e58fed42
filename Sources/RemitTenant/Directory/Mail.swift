import RemitDomain

/// What reaches a tenant's actor.
enum Mail: Sendable {
    /// For its core.
    case entry(Entry)
    /// Gets that came together.
    case gets(PaymentGets)
    /// A page to be read beside the writer, once that has opened the file.
    case page(PageRead)
    /// A page's read transaction is over; what is to be told of it, unless that is told already.
    case pageEnded((@Sendable () -> Void)?)
    /// No reader is connected to the file any more.
    case readersClosed
    /// A job of the actor's: somebody awaits it.
    case job(UnownedJob)
}

extension Mail {
    /// How many calls it holds, for the bound on a turn.
    var weight: Int { if case .gets(let gets) = self { gets.count } else { 1 } }
}

/// A page that is read beside the writer, on a reader thread.
struct PageRead: Sendable {
    /// Starts it; `ended` is called when its read transaction is over, with what tells the answer, once it may be told.
    let start: @Sendable (_ ended: @escaping @Sendable (_ answer: @escaping @Sendable () -> Void) -> Void) -> Void
    /// Answers that it can't be read.
    let refuse: @Sendable (PaymentError) -> Void
}

extension Deliveries {
    /// Answers all who wait in `mail` with a refusal, but for pages, which are refused here.
    init(refusing mail: [Mail], with error: PaymentError) {
        var entries: [Entry] = []
        var found: [PaymentsFound] = []
        for item in mail {
            switch item {
            case .entry(let entry): entries.append(entry)
            case .gets(let gets): found.append(PaymentsFound(refusing: gets, with: error))
            case .page(let page): page.refuse(error)
            case .pageEnded, .readersClosed, .job: break
            }
        }
        self.init(refusing: entries, with: error)
        payments = found
    }
}
