import CSQLite
import Glibc
package import RemitTesting
import Synchronization

/// A disk whose power can go: SQLite's files below a folder lose, at the cut, all that was not synced.
///
/// What programs write is in the files at once, so that every connection sees it; beside it the disk remembers what is
/// safe. At the cut it puts that back: each file as of its last sync, each name as of its folder's last sync, and no
/// shared memory. Until ``turnOn()`` nothing works then; what was opened before stays dead for ever.
///
/// SQLite's unix file system does the work underneath. Files elsewhere don't notice.
package final class VolatileDisk: Sendable {
    package let root: String
    private let random: SeededRandom
    /// Whether some sectors survive that were not synced, by chance.
    private let isTearing: Bool
    private let state = Mutex(State())
    /// Counts the times it was turned on; negative while it is off.
    private let power = Atomic<Int>(0)

    private struct State {
        var files: [Int: VolatileFile] = [:]
        /// The names as programs see them.
        var names: [String: Int] = [:]
        /// The names that survive.
        var safeNames: [String: Int] = [:]
        var filesEver = 0
        var timesOn = 0
        var plan: PowerCut?
        var lastCut: DiskPlace?
    }

    /// Takes over the folder; files that are in it already are safe.
    package init(root: String, random: SeededRandom, isTearing: Bool) {
        self.root = root
        self.random = random
        self.isTearing = isTearing
        DiskFileSystem.add(self)
    }

    /// Leaves the folder to the system again; every file in it must be closed.
    package func remove() {
        DiskFileSystem.remove(self)
    }

    // MARK: Power

    package var isOn: Bool { power.load(ordering: .acquiring) >= 0 }

    /// What was being done when the power went last; nil: nothing, it was cut between.
    package var lastCut: DiskPlace? { state.withLock { $0.lastCut } }

    /// Says when the power goes; nil: it stays.
    package func plan(_ cut: PowerCut?) {
        state.withLock { $0.plan = cut }
    }

    /// Cuts the power now.
    package func cut() {
        state.withLock { if isOn { turnOff(&$0, at: nil) } }
    }

    /// Takes in that the folder of a file was synced past SQLite, by the system's own call.
    package func noteFolderSync(of name: String) {
        state.withLock { if isOn { Self.syncFolder(of: name, &$0) } }
    }

    /// All that was written is safe, and every name: what `syncfs` does.
    ///
    /// False: the power is off.
    package func synchronizeAll() -> Bool {
        state.withLock { state in
            guard isOn else { return false }
            let code = change(.fileSystemSync, &state) { state in
                for number in state.files.keys { state.files[number]?.sync() }
                state.safeNames = state.names
                return SQLITE_OK
            }
            return code == SQLITE_OK
        }
    }

    /// Gives power again.
    package func turnOn() {
        state.withLock { state in
            precondition(!isOn, "A disk was turned on that is on.")
            state.timesOn += 1
            power.store(state.timesOn, ordering: .releasing)
        }
    }

    private func turnOff(_ state: inout State, at place: DiskPlace?) {
        power.store(-1, ordering: .releasing)
        state.plan = nil
        state.lastCut = place
        for (name, _) in state.names where access(name, F_OK) != 0 { Self.forget(name, &state) }
        let chance = isTearing ? random.pick([10, 50, 90]) : 0
        let keeps = { [random] in random.number(in: 1...100) <= chance }
        // In order, so that a seed tears the same sectors.
        for number in state.files.keys.sorted() {
            if isTearing { state.files[number]?.tear(keeps: keeps) } else { state.files[number]?.drop() }
        }
        var names: [String: Int] = [:]
        for name in Set(state.names.keys).union(state.safeNames.keys).sorted() {
            names[name] = keeps() ? state.names[name] : state.safeNames[name]
        }
        for name in Set(state.names.keys).union(state.safeNames.keys) {
            unlink(name)
            unlink(name + "-shm")
            if let number = names[name], let file = state.files[number] { Self.make(name, file.safe) }
        }
        state.names = names
        state.safeNames = names
        let kept = Set(names.values)
        state.files = state.files.filter { kept.contains($0.key) }
    }

    /// A new file of that name: what is open of an old one keeps the old one.
    private static func make(_ name: String, _ content: [UInt8]) {
        let descriptor = Glibc.open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        precondition(descriptor >= 0, "The disk can't put back \(name).")
        defer { close(descriptor) }
        var start = 0
        while start < content.count {
            let count = content[start...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            precondition(count > 0, "The disk can't put back \(name).")
            start += count
        }
    }

    // MARK: What the file system tells

    /// A file as one connection has it open.
    struct Handle {
        var name: String
        var number: Int
        /// The time the disk was on when it was opened.
        var timeOn: Int
    }

    /// Whether what was opened then still works.
    func serves(_ handle: Handle) -> Bool { power.load(ordering: .acquiring) == handle.timeOn }

    /// Opens a file with `open`; `content` reads what was in it before.
    func open(_ name: String, creates: Bool, open: () -> Int32, content: () -> [UInt8]) -> (Handle?, Int32) {
        state.withLock { state in
            guard isOn else { return (nil, SQLITE_CANTOPEN) }
            let isThere = access(name, F_OK) == 0
            if !isThere { Self.forget(name, &state) }
            let isKnown = state.names[name] != nil
            let isCut = !isThere && creates && isTime(for: .creation, &state)
            if isCut, state.plan?.isAfter == false {
                turnOff(&state, at: .creation)
                return (nil, SQLITE_CANTOPEN)
            }
            let code = open()
            guard code == SQLITE_OK else { return (nil, code) }
            let number = state.names[name] ?? Self.add(name, VolatileFile(safe: isThere ? content() : []), &state)
            if isThere, !isKnown { state.safeNames[name] = number }
            let handle = Handle(name: name, number: number, timeOn: state.timesOn)
            if isCut { turnOff(&state, at: .creation) }
            return (handle, SQLITE_OK)
        }
    }

    func delete(_ name: String, syncsFolder: Bool, delete: () -> Int32) -> Int32 {
        state.withLock { state in
            guard isOn else { return SQLITE_IOERR }
            guard access(name, F_OK) == 0 else { return delete() }
            return change(.deletion, &state) { state in
                let code = delete()
                guard code == SQLITE_OK else { return code }
                state.names[name] = nil
                if syncsFolder { Self.syncFolder(of: name, &state) }
                return code
            }
        }
    }

    func write(
        _ bytes: UnsafeRawBufferPointer, at offset: Int, to handle: Handle, as place: DiskPlace, write: () -> Int32
    ) -> Int32 {
        change(handle, place) { state in
            let code = write()
            if code == SQLITE_OK { state.files[handle.number]?.write(bytes, at: offset) }
            return code
        }
    }

    func truncate(_ handle: Handle, to size: Int, truncate: () -> Int32) -> Int32 {
        change(handle, .truncation) { state in
            let code = truncate()
            if code == SQLITE_OK { state.files[handle.number]?.truncate(to: size) }
            return code
        }
    }

    /// `isFirst`: it is a journal's or log's first sync after an opening that may have made it, with which SQLite syncs the folder.
    func sync(_ handle: Handle, isFirst: Bool, as place: DiskPlace, sync: () -> Int32) -> Int32 {
        change(handle, place) { state in
            let code = sync()
            guard code == SQLITE_OK else { return code }
            state.files[handle.number]?.sync()
            if isFirst { Self.syncFolder(of: handle.name, &state) }
            return code
        }
    }

    // MARK: Parts

    private func change(_ handle: Handle, _ place: DiskPlace, _ body: (inout State) -> Int32) -> Int32 {
        state.withLock { state in
            guard serves(handle) else { return SQLITE_IOERR }
            return change(place, &state, body)
        }
    }

    private func change(_ place: DiskPlace, _ state: inout State, _ body: (inout State) -> Int32) -> Int32 {
        let isCut = isTime(for: place, &state)
        if isCut, state.plan?.isAfter == false {
            turnOff(&state, at: place)
            return SQLITE_IOERR
        }
        let code = body(&state)
        guard isCut else { return code }
        turnOff(&state, at: place)
        return SQLITE_IOERR
    }

    private func isTime(for place: DiskPlace, _ state: inout State) -> Bool {
        guard var plan = state.plan, plan.place == nil || plan.place == place else { return false }
        guard plan.nth > 1 else { return true }
        plan.nth -= 1
        state.plan = plan
        return false
    }

    private static func add(_ name: String, _ file: VolatileFile, _ state: inout State) -> Int {
        state.filesEver += 1
        state.files[state.filesEver] = file
        state.names[name] = state.filesEver
        return state.filesEver
    }

    /// A file was removed past SQLite, by whoever syncs the folder then.
    private static func forget(_ name: String, _ state: inout State) {
        state.names[name] = nil
        state.safeNames[name] = nil
    }

    private static func syncFolder(of name: String, _ state: inout State) {
        let folder = folder(of: name)
        for name in Set(state.names.keys).union(state.safeNames.keys) where Self.folder(of: name) == folder {
            state.safeNames[name] = state.names[name]
        }
    }

    private static func folder(of name: String) -> Substring {
        name[..<(name.lastIndex(of: "/") ?? name.startIndex)]
    }
}
