import ConnectorModel
import PythonTime

extension CursorValue {
  package func adding(_ duration: CursorDuration) throws(PythonTimeError) -> CursorValue {
    guard case .moment(let moment) = self else { return self }
    return .moment(try duration.added(to: moment))
  }

  package func subtracting(_ duration: CursorDuration) throws(PythonTimeError) -> CursorValue {
    guard case .moment(let moment) = self else { return self }
    return .moment(try duration.subtracted(from: moment))
  }
}
