import Testing

@testable import Components

@Suite struct KeysToSnakeCaseTests {
  /// The answers are those of the reference.
  @Test(arguments: [
    ("userName", "user_name"), ("UserName", "user_name"), ("user name", "user_name"), ("USERName", "username"),
    ("id2", "id_2"), ("2id", "_2_id"), ("address1Line", "address_1_line"), ("__x__", "_x_"), ("a-b", "a_b"),
    ("Ünïcode", "unicode"), ("HTTPResponseCode", "httpresponse_code"), ("a1B2", "a_1_b_2"), ("", ""), ("é", "e"),
    ("snake_case_ok", "snake_case_ok"), ("already__double", "already_double"), ("naïve Café №5", "naive_cafe_no_5"),
    ("Привет мир", "privet_mir"), ("日本", "ri_ben"), ("x.y.z", "x_y_z"), ("ABC", "abc"), ("Straße", "strasse"),
    ("Temp °C", "temp_deg_c"), ("PM₁₀ µg/m³", "pm_10_ug_m_3"), ("area m²", "area_m_2"), ("Preis €", "preis_eur"),
    ("price £", "price_gbp"), ("§ 5", "s_5"), ("1ª", "_1_a"), ("2º", "_2_o"), ("Дата щедрый чай", "data_shchedryy_chay"),
    ("Жёлтый", "zheltyy"), ("Съешь ещё", "s_esh_eshche"), ("Ηλιος φως", "ilios_fos"), ("™Mark", "tmmark"), ("a·b", "a_b"),
    ("co\u{AD}op", "coop"), ("½ cup", "_1_2_cup"), ("한국어", "han_gug_eo"), ("été•hiver", "ete_hiver"), ("№ счёта", "no_scheta"),
  ])
  func name(name: String, expected: String) {
    #expect(KeysToSnakeCase.snakeCase(name) == expected)
  }
}
