import RemitDomain
import RemitTesting
import Testing

@testable import RemitStorage

/// Parked connections in a process that has no descriptors left; each test runs in a process of its own.
struct DescriptorShortageTests {
    @Test("a transaction that finds no descriptors fails as it begins, never at its COMMIT, and the next one works")
    func transactions() async {
        await #expect(processExitsWith: .success) {
            let file = try ParkedFile(number: 1)
            var number = 1
            for round in 0..<12 {
                let free = round % 4
                file.park()
                let hog = DescriptorHog(leaving: free)
                if free < 2 {
                    #expect(throws: StorageError.self) { try file.writer.beginImmediate() }
                } else {
                    try file.set(round * 10)
                    number = round * 10
                }
                // What is in the page cache needs no WAL, and what isn't is an error: nothing else is read.
                if let read = try? ParkedFile.number(in: file.reader) { #expect(read == number) }
                hog.release()
                #expect(try ParkedFile.number(in: file.writer) == number)
                #expect(try ParkedFile.number(in: file.reader) == number)
                number += 1
                try file.set(number)
                #expect(try ParkedFile.number(in: file.reader) == number)
            }
            file.reader.close()
            file.writer.close()
            #expect(file.open == [])
            let database = try Database(path: file.path)
            #expect(try ParkedFile.number(in: database) == number)
        }
    }

    @Test("a connection that is opened finds the descriptors of others that are parked for it")
    func opening() async {
        await #expect(processExitsWith: .success) {
            let file = try ParkedFile()
            try file.set(1)
            #expect(try ParkedFile.number(in: file.reader) == 1)
            let path = file.path
            let hog = DescriptorHog(leaving: 0)
            #expect(throws: StorageError.self) { try Database(path: path) }
            let opened = try file.pool.withRoom { () throws(StorageError) in try Database(path: path) }
            #expect(try ParkedFile.number(in: opened) == 1)
            #expect(file.pool.readings.parked == 2)
            opened.close()
            // With nobody to park it fails as before.
            let second = DescriptorHog(leaving: 0)
            #expect(throws: StorageError.self) {
                try file.pool.withRoom { () throws(StorageError) in try Database(path: path) }
            }
            second.release()
            hog.release()
            #expect(try ParkedFile.number(in: file.writer) == 1)
        }
    }
}
