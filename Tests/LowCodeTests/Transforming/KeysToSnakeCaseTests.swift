import Testing

@testable import LowCode

@Suite struct KeysToSnakeCaseTests {
  /// The answers are those of the reference.
  @Test(arguments: [
    ("userName", "user_name"), ("UserName", "user_name"), ("user name", "user_name"), ("USERName", "username"),
    ("id2", "id_2"), ("2id", "_2_id"), ("address1Line", "address_1_line"), ("__x__", "_x_"), ("a-b", "a_b"),
    ("Ünïcode", "unicode"), ("HTTPResponseCode", "httpresponse_code"), ("a1B2", "a_1_b_2"), ("", ""), ("é", "e"),
    ("snake_case_ok", "snake_case_ok"), ("already__double", "already_double"), ("naïve Café №5", "naive_cafe_no_5"),
    ("Привет мир", "privet_mir"), ("日本", "ri_ben"), ("x.y.z", "x_y_z"), ("ABC", "abc"), ("Straße", "strasse"),
  ])
  func name(name: String, expected: String) {
    #expect(KeysToSnakeCase.snakeCase(name) == expected)
  }
}
